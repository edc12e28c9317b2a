import { existsSync } from "node:fs";
import { readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JvmOptions } from "./job-server-jar.js";
import { jvmCacheFolder, shippedProject } from "./jvm-folders.js";
import { mavenBuild } from "./maven-build.js";
import { type SparkVersion, sparkProblem, sparkVersionOf } from "./spark-version.js";
import { ensureFolder } from "./stored-folder.js";
import { toolError } from "./tool-error.js";

/** A Spark on this machine. */
export interface SparkInstallation {
  /** What SPARK_HOME is, or would be; its jars are in `jars`. */
  readonly home: string;
  readonly version: SparkVersion;
  /** Whether it has Spark's scripts, such as `bin/spark-submit`, and so its `conf`. */
  readonly hasScripts: boolean;
}

export interface SparkOptions extends JvmOptions {
  /** What to fetch without an installed Spark; default: 3.5.3. */
  readonly version?: string;
}

/** As in `jvm/spark-jars/pom.xml`. */
const SCALA = "2.12";
const VERSION_PROPERTY = "beamline.spark.version";

/**
 * The Spark of SPARK_HOME; without that variable, Spark's jars from the user's cache, where Maven
 * puts them once.
 *
 * @throws BeamlineError `SPARK_HOME`, `SPARK_VERSION`, `SPARK_SCALA`, or one of Maven's
 */
export async function ensureSpark(options: SparkOptions = {}): Promise<SparkInstallation> {
  const { env = process.env } = options;
  return env.SPARK_HOME ? installedSpark(env.SPARK_HOME) : fetchedSpark(options);
}

async function installedSpark(home: string): Promise<SparkInstallation> {
  const names = await readdir(join(home, "jars")).catch(() => []);
  const version = sparkVersionOf(names);
  if (version === undefined) {
    throw toolError(
      "SPARK_HOME",
      `Cannot use Spark: SPARK_HOME is "${home}", which has no jars/spark-core_*.jar; set it to an ` +
        "installed Spark 3.5 for Scala 2.12, or unset it and Spark's jars are fetched",
    );
  }
  const problem = sparkProblem(version, `SPARK_HOME "${home}"`);
  if (problem !== undefined) throw problem;
  return { home, version, hasScripts: existsSync(join(home, "bin", "spark-submit")) };
}

async function fetchedSpark(options: SparkOptions): Promise<SparkInstallation> {
  const { env = process.env, signal, onProgress } = options;
  const project = shippedProject("spark-jars");
  const spark = options.version ?? project.property(VERSION_PROPERTY);
  const version = { spark, scala: SCALA };
  const problem = sparkProblem(version, "to be fetched");
  if (problem !== undefined) throw problem;
  const home = join(jvmCacheFolder(env), `spark-${spark}-${project.hash}`);
  const what = `Spark ${spark}`;
  await ensureFolder({
    folder: home,
    signal,
    onWait: () => onProgress?.(`Waiting for another process that fetches ${what}`),
    fill: (draft) => {
      const properties = { [VERSION_PROPERTY]: spark };
      const build = { project: project.folder, folder: join(draft, "build"), log: `${home}.log` };
      return mavenBuild({ ...build, properties, what, env, signal, onProgress }, async (target) => {
        await rename(join(target, "jars"), join(draft, "jars"));
        // Spark's own launcher takes this file as the mark of an installed Spark.
        await writeFile(join(draft, "RELEASE"), `Spark ${spark} for Scala ${SCALA}\n`);
      });
    },
  });
  return { home, version, hasScripts: false };
}
