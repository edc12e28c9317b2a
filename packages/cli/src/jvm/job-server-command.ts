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
    // Beam's S3 filesystem asks for a region as it is loaded, and away from AWS that waits for
    // EC2's metadata: most of a second of every job.
    properties: { "aws.disableEc2Metadata": "true" },
    ...(master.startsWith("local") ? { options: PATIENT_COMPILER } : {}),
    env: { SPARK_HOME: spark.home },
  });
}

/**
 * HotSpot's second compiler, later than by default (times 40). With Spark in the same JVM it would
 * take the cores away from the workers for most of a short job, and what it compiles is Spark's own
 * code: user functions run in Node. `npm run bench -- spark` tells.
 */
const PATIENT_COMPILER: readonly string[] = [
  "-XX:Tier4InvocationThreshold=200000",
  "-XX:Tier4MinInvocationThreshold=24000",
  "-XX:Tier4CompileThreshold=600000",
  "-XX:Tier4BackEdgeThreshold=1600000",
];

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
