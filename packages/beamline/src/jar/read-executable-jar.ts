import type { FileHandle } from "node:fs/promises";
import { BeamlineError } from "../model/errors.js";
import { environmentsOf, type JarEnvironment } from "./jar-environments.js";
import { PIPELINE_MANIFEST, pipelineEntries } from "./jar-layout.js";
import { MANIFEST_NAME, type ManifestAttributes, parseManifest } from "./jar-manifest.js";
import { readDirectory } from "./read-directory.js";
import { hashEntry, readEntry } from "./read-entry.js";
import { withFile } from "./with-file.js";
import type { ZipEntry } from "./zip-entry.js";

/** What `beamline jar inspect` shows. */
export interface ExecutableJarContents {
  readonly jobName: string;
  readonly mainClass: string | undefined;
  readonly manifest: ManifestAttributes;
  /** The Pipeline message in proto3 JSON. */
  readonly pipelineJson: string;
  /** A JSON object of `beam:option:<snake_case>:v1` keys. */
  readonly optionsJson: string;
  readonly environments: readonly JarEnvironment[];
  readonly artifacts: readonly StoredArtifact[];
  /** Of the whole jar. */
  readonly entries: number;
}

export interface StoredArtifact {
  readonly id: string;
  /** In bytes, uncompressed. */
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * Reads what an executable jar runs, whichever SDK made it.
 *
 * @throws BeamlineError `NOT_A_JAR`, `NOT_EXECUTABLE`, `INVALID_PIPELINE`, or a file's, such as
 * `FILE_NOT_FOUND`.
 */
export async function readExecutableJar(path: string): Promise<ExecutableJarContents> {
  return withFile(path, async (file) => {
    const directory = await readDirectory(file);
    const entries = new Map(directory.entries.map((entry) => [entry.name, entry]));
    const text = async (name: string): Promise<string> => {
      const entry = entries.get(name);
      if (entry === undefined) throw notExecutable(path, `it has no ${name}`);
      return (await readEntry(file, entry)).toString();
    };
    const jobName = defaultJobName(path, await text(PIPELINE_MANIFEST));
    const names = pipelineEntries(jobName);
    const manifest = parseManifest(entries.has(MANIFEST_NAME) ? await text(MANIFEST_NAME) : "");
    const pipelineJson = await text(names.pipeline);
    return {
      jobName,
      mainClass: manifest.get("Main-Class"),
      manifest,
      pipelineJson,
      optionsJson: await text(names.options),
      environments: environmentsOf(pipelineJson),
      artifacts: await artifactsIn(file, directory.entries, names.artifacts),
      entries: entries.size,
    };
  });
}

async function artifactsIn(
  file: FileHandle,
  entries: readonly ZipEntry[],
  folder: string,
): Promise<StoredArtifact[]> {
  const artifacts: StoredArtifact[] = [];
  for (const entry of entries) {
    const id = entry.name.slice(folder.length);
    if (!entry.name.startsWith(folder) || id === "") continue;
    artifacts.push({ id, size: entry.size, sha256: await hashEntry(file, entry) });
  }
  return artifacts;
}

function defaultJobName(path: string, json: string): string {
  try {
    const manifest: unknown = JSON.parse(json);
    if (typeof manifest === "object" && manifest !== null && "defaultJobName" in manifest) {
      const { defaultJobName: name } = manifest;
      if (typeof name === "string" && name !== "") return name;
    }
  } catch {
    // Said below.
  }
  throw notExecutable(path, `its ${PIPELINE_MANIFEST} names no job`);
}

function notExecutable(path: string, state: string): BeamlineError {
  return new BeamlineError(
    "NOT_EXECUTABLE",
    `Cannot read a pipeline from "${path}": ${state}; name a jar that \`beamline jar\` made`,
  );
}
