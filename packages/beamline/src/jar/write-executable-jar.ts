import type { FileHandle } from "node:fs/promises";
import { BeamlineError } from "../model/errors.js";
import { FileDraft } from "./file-draft.js";
import { isEntryName, PIPELINE_MANIFEST, pipelineEntries, plainRunners } from "./jar-layout.js";
import { formatManifest, MANIFEST_NAME, parseManifest } from "./jar-manifest.js";
import { readDirectory } from "./read-directory.js";
import { readEntry } from "./read-entry.js";
import { withFile } from "./with-file.js";
import { ZipCopier } from "./zip-copier.js";
import type { ZipDirectory, ZipEntry } from "./zip-entry.js";

/** Something that workers need, such as the bundle of the user's code. */
export type JarArtifact = { readonly id: string } & (
  | { readonly bytes: Uint8Array }
  | { readonly file: string }
);

export interface ExecutableJar {
  /**
   * The runner's job server with all its dependencies. Without it the jar holds the pipeline alone,
   * a few hundred kilobytes, and runs with the job server's jar beside it on the class path.
   */
  readonly jobServerJar?: string | undefined;
  /** Where the jar should be; what is there is replaced once the new one is complete. */
  readonly out: string;
  readonly jobName: string;
  /** The Pipeline message in proto3 JSON; its artifacts refer to `artifactPath(jobName, id)`. */
  readonly pipelineJson: string;
  /** A JSON object of `beam:option:<snake_case>:v1` keys. */
  readonly optionsJson: string;
  readonly artifacts: readonly JarArtifact[];
  /** One of `pipelineRunners`; Beam's own where the job server's jar has no such class. */
  readonly mainClass: string;
  readonly signal?: AbortSignal;
}

export interface WrittenJar {
  /** In bytes. */
  readonly size: number;
  readonly entries: number;
  readonly mainClass: string;
}

/**
 * Makes one jar that runs a pipeline on its own: `spark-submit X.jar`, or `java -jar X.jar` where
 * the runner's jar holds its engine. Needs no Java, and the same inputs give the same bytes.
 *
 * @throws BeamlineError `NOT_A_JAR`, `NOT_A_JOB_SERVER`, `DUPLICATE_ARTIFACT`, `INVALID_NAME`, or a
 * file's, such as `DISK_FULL`. There is no half-written jar then, and the old one still stands.
 */
export async function writeExecutableJar(jar: ExecutableJar): Promise<WrittenJar> {
  checkNames(jar);
  const { jobServerJar, mainClass } = jar;
  if (jobServerJar === undefined) {
    const attributes = new Map([["Main-Class", mainClass]]);
    return writeDraft(jar, { manifest: formatManifest(attributes), mainClass });
  }
  return withFile(jobServerJar, async (base) =>
    writeDraft(jar, await readJobServer(jar, jobServerJar, base)),
  );
}

async function writeDraft(jar: ExecutableJar, jobServer: JobServer): Promise<WrittenJar> {
  const out = await FileDraft.create(jar.out);
  let written: WrittenJar;
  try {
    written = await writeEntries(jar, jobServer, out);
  } catch (error) {
    await out.discard();
    throw error;
  }
  await out.commit();
  return written;
}

async function writeEntries(
  jar: ExecutableJar,
  { contents, manifest, mainClass }: JobServer,
  out: FileDraft,
): Promise<WrittenJar> {
  const zip = new ZipCopier(out, jar.signal);
  // Java's JarInputStream finds a manifest only in front of everything else.
  await zip.store(MANIFEST_NAME, Buffer.from(manifest));
  if (contents !== undefined) await zip.copyEntries(contents.file, contents.directory, isKept);
  const names = pipelineEntries(jar.jobName);
  const defaultJob = JSON.stringify({ defaultJobName: jar.jobName });
  await zip.store(PIPELINE_MANIFEST, Buffer.from(defaultJob));
  await zip.store(names.pipeline, Buffer.from(jar.pipelineJson));
  await zip.store(names.options, Buffer.from(jar.optionsJson));
  for (const artifact of [...jar.artifacts].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    await storeArtifact(zip, `${names.artifacts}${artifact.id}`, artifact);
  }
  return { ...(await zip.finish()), mainClass };
}

async function storeArtifact(zip: ZipCopier, name: string, artifact: JarArtifact): Promise<void> {
  if ("bytes" in artifact) {
    await zip.store(name, artifact.bytes);
    return;
  }
  await withFile(artifact.file, async (file) => {
    const { size } = await file.stat();
    await zip.store(name, { file, size });
  });
}

interface JobServer {
  /** What is taken over of its jar. */
  readonly contents?: { readonly file: FileHandle; readonly directory: ZipDirectory };
  /** That of the new jar. */
  readonly manifest: string;
  readonly mainClass: string;
}

async function readJobServer(
  { mainClass: wanted }: ExecutableJar,
  jobServerJar: string,
  base: FileHandle,
): Promise<JobServer> {
  const directory = await readDirectory(base);
  const entries = new Map(directory.entries.map((entry) => [entry.name, entry]));
  const mainClass = [wanted, plainRunners[wanted]].find(
    (name) => name !== undefined && entries.has(`${name.replaceAll(".", "/")}.class`),
  );
  if (mainClass === undefined) throw notAJobServer(jobServerJar, `it has no class ${wanted}`);
  if (entries.has(PIPELINE_MANIFEST)) {
    throw notAJobServer(jobServerJar, "it is an executable jar with a pipeline already");
  }
  const own = entries.get(MANIFEST_NAME);
  const text = own === undefined ? "" : (await readEntry(base, own)).toString();
  const attributes = new Map(parseManifest(text)).set("Main-Class", mainClass);
  return { contents: { file: base, directory }, manifest: formatManifest(attributes), mainClass };
}

/**
 * Leaves out what the new manifest replaces: signatures would not fit it, and Java would look for
 * classes and resources in an index's entries alone.
 */
function isKept({ name }: ZipEntry): boolean {
  return (
    name !== MANIFEST_NAME &&
    name !== "META-INF/INDEX.LIST" &&
    !/^META-INF\/[^/]+\.(SF|RSA|DSA|EC)$/i.test(name)
  );
}

function checkNames({ jobName, artifacts }: ExecutableJar): void {
  const seen = new Set<string>();
  for (const name of [jobName, ...artifacts.map(({ id }) => id)]) {
    if (isEntryName(name)) continue;
    throw new BeamlineError(
      "INVALID_NAME",
      `Cannot name anything in a jar "${name}": it is empty or has a slash or control characters; ` +
        "give the job or the artifact another name",
    );
  }
  for (const { id } of artifacts) {
    if (seen.has(id)) {
      throw new BeamlineError(
        "DUPLICATE_ARTIFACT",
        `Cannot put two artifacts into a jar as "${id}": the second would hide the first; ` +
          "give each a name of its own",
      );
    }
    seen.add(id);
  }
}

function notAJobServer(path: string, state: string): BeamlineError {
  return new BeamlineError(
    "NOT_A_JOB_SERVER",
    `Cannot make an executable jar from "${path}": ${state}; name the jar of the runner's job server`,
  );
}
