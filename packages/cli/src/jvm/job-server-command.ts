import type { Java } from "./java.js";
import { type Command, javaCommand, sparkClassPath } from "./java-command.js";
import type { SparkInstallation } from "./spark-installation.js";

export interface JobServerOptions {
  readonly java: Java;
  /** From `ensureJobServerJar`. */
  readonly jar: string;
  /** The name that the server listens on and that workers are told; default: localhost. */
  readonly host?: string;
  /** Default: one that is free, see `jobServerAddresses`. */
  readonly port?: number;
  /** Where artifacts of jobs are kept; the server does not remove them all. */
  readonly artifactsFolder: string;
  /** Most memory for its objects, and for Spark's where it is the driver; default: `2g`. */
  readonly heap?: string;
}

/** Starts Beam's job server for Spark, which is itself the driver of the jobs. */
export function sparkJobServerCommand(
  options: JobServerOptions & {
    readonly spark: SparkInstallation;
    /** `local[2]`, `spark://host:7077`. */
    readonly master: string;
  },
): Command {
  const { java, jar, spark, master, heap = "2g" } = options;
  return javaCommand({
    java,
    // As on a cluster: what Spark has wins.
    classPath: [...sparkClassPath(spark.home), jar],
    mainClass: "org.apache.beam.runners.spark.SparkJobServerDriver",
    args: [`--spark-master-url=${master}`, ...serverArguments(options)],
    heap,
    env: { SPARK_HOME: spark.home },
  });
}

/** Starts Beam's job server for Flink; the master `[local]` is a Flink within the server. */
export function flinkJobServerCommand(
  options: JobServerOptions & {
    /** `[local]`, `host:8081`. */
    readonly master: string;
  },
): Command {
  const { java, jar, master, heap = "2g" } = options;
  return javaCommand({
    java,
    classPath: [jar],
    mainClass: "org.apache.beam.runners.flink.FlinkJobServerDriver",
    args: [`--flink-master=${master}`, ...serverArguments(options)],
    heap,
  });
}

function serverArguments({ host = "localhost", port = 0, artifactsFolder }: JobServerOptions) {
  return [
    `--job-host=${host}`,
    `--job-port=${port}`,
    "--artifact-port=0",
    "--expansion-port=0",
    `--artifacts-dir=${artifactsFolder}`,
  ];
}
