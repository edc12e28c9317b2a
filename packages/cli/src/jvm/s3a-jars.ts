import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { JvmOptions } from "./job-server-jar.js";
import { jvmCacheFolder, shippedProject } from "./jvm-folders.js";
import { mavenBuild } from "./maven-build.js";
import { ensureFolder } from "./stored-folder.js";

const WHAT = "Hadoop's S3 connector";

export interface S3aJars {
  /** A folder of jars. */
  readonly folder: string;
  readonly hadoopVersion: string;
  readonly awsVersion: string;
}

/** The jars with which Spark 3.5 knows `s3a://`: from the user's cache, or fetched by Maven. */
export async function ensureS3aJars(options: JvmOptions = {}): Promise<S3aJars> {
  const { env = process.env, signal, onProgress } = options;
  const project = shippedProject("s3a");
  const folder = join(jvmCacheFolder(env), `s3a-${project.hash}`);
  await ensureFolder({
    folder,
    signal,
    onWait: () => onProgress?.(`Waiting for another process that fetches ${WHAT}`),
    fill: (draft) => {
      const build = { project: project.folder, folder: join(draft, "build"), log: `${folder}.log` };
      return mavenBuild({ ...build, what: WHAT, env, signal, onProgress }, (target) =>
        rename(join(target, "jars"), join(draft, "jars")),
      );
    },
  });
  return {
    folder: join(folder, "jars"),
    hadoopVersion: project.property("hadoop.version"),
    awsVersion: project.property("aws.version"),
  };
}
