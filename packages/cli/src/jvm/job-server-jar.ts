import { rename } from "node:fs/promises";
import { join } from "node:path";
import { jvmCacheFolder, shippedProject } from "./jvm-folders.js";
import { mavenBuild } from "./maven-build.js";
import type { Environment } from "./run-tool.js";
import { ensureFolder } from "./stored-folder.js";

export type JobServerKind = "spark" | "flink";

export interface JvmOptions {
  /** Default: this process's. */
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  /** One line of text, often, while something is fetched or waited for. */
  readonly onProgress?: (text: string) => void;
}

const NAMES: Readonly<Record<JobServerKind, string>> = {
  spark: "Beam's Spark job server",
  flink: "Beam's Flink job server",
};

/**
 * The path of a runner's job server with all its dependencies in one jar: from the user's cache, or
 * built by Maven if it is not there or damaged. Several processes may ask at once; one builds.
 *
 * @throws BeamlineError `MAVEN_MISSING`, `MAVEN_VERSION`, `MAVEN_FAILED`, `MAVEN_BUILD_FAILED`
 */
export async function ensureJobServerJar(
  kind: JobServerKind,
  options: JvmOptions = {},
): Promise<string> {
  const { env = process.env, signal, onProgress } = options;
  const project = shippedProject(kind);
  const cache = jvmCacheFolder(env);
  const folder = join(cache, `${kind}-${project.property("beam.version")}-${project.hash}`);
  const what = NAMES[kind];
  await ensureFolder({
    folder,
    signal,
    onWait: () => onProgress?.(`Waiting for another process that builds ${what}`),
    fill: (draft) => {
      const build = { project: project.folder, folder: join(draft, "build"), log: `${folder}.log` };
      return mavenBuild({ ...build, what, env, signal, onProgress }, (target) =>
        rename(join(target, "job-server.jar"), join(draft, "job-server.jar")),
      );
    },
  });
  return join(folder, "job-server.jar");
}
