import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findMaven } from "./maven.js";
import { downloadedBytes, mavenCauses, mavenNext } from "./maven-errors.js";
import { type Environment, runTool } from "./run-tool.js";
import { toolError } from "./tool-error.js";

export interface MavenBuildOptions {
  /** Folder of the Maven project. */
  readonly project: string;
  /** A folder that may be made and removed; the build's `target` is in it. */
  readonly folder: string;
  /** Properties given on the command line. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Where Maven's output is kept. */
  readonly log: string;
  /** What is built, for people: `Beam's Spark job server`. */
  readonly what: string;
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
  /** One line of text, often. */
  readonly onProgress?: ((text: string) => void) | undefined;
}

/**
 * Runs `mvn package` on a copy of a project and hands its `target` folder to `take`. Nothing of it
 * is left but the log; what Maven fetches stays in its own repository.
 */
export async function mavenBuild(
  options: MavenBuildOptions,
  take: (target: string) => Promise<void>,
): Promise<void> {
  const { project, folder, properties = {}, log, what, env, signal, onProgress } = options;
  const maven = await findMaven(env, signal);
  await mkdir(folder, { recursive: true });
  try {
    await cp(project, folder, { recursive: true });
    const args = ["-B", "-Dstyle.color=never"];
    for (const [name, value] of Object.entries(properties)) args.push(`-D${name}=${value}`);
    onProgress?.(`Building ${what}, once`);
    const onLine = onProgress && fetchProgress(what, onProgress);
    const result = await runTool(maven, [...args, "package"], {
      env,
      cwd: folder,
      signal,
      ...(onLine === undefined ? {} : { onLine }),
    });
    await writeFile(log, result?.output ?? "");
    if (result?.exitCode !== 0) throw buildError(what, result?.output ?? "", log);
    await take(join(folder, "target"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function fetchProgress(what: string, onProgress: (text: string) => void): (line: string) => void {
  let files = 0;
  let bytes = 0;
  return (line) => {
    const size = downloadedBytes(line);
    if (size === undefined) return;
    files++;
    bytes += size;
    onProgress(`Building ${what}, once: ${files} files fetched (${Math.round(bytes / 1e6)} MB)`);
  };
}

function buildError(what: string, output: string, log: string): Error {
  const causes = mavenCauses(output);
  return toolError(
    "MAVEN_BUILD_FAILED",
    `Cannot build ${what}: ${causes.join("\n  ")}; ${mavenNext(causes, log)} (log: ${log})`,
  );
}
