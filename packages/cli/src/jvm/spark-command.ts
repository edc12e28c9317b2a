import { join } from "node:path";
import type { Java } from "./java.js";
import { type Command, javaCommand, moduleOptions, sparkClassPath } from "./java-command.js";
import type { SparkInstallation } from "./spark-installation.js";

export interface SparkSubmitOptions {
  readonly java: Java;
  readonly spark: SparkInstallation;
  readonly master: string;
  readonly deployMode: "client" | "cluster";
  readonly mainClass: string;
  readonly jar: string;
  /** Spark's configuration. */
  readonly conf?: Readonly<Record<string, string>>;
  /** The main class's own arguments. */
  readonly args?: readonly string[];
  /** Of the driver, in client mode; default: `2g`. */
  readonly heap?: string;
}

/**
 * Submits a jar. An installed Spark does it by its own script, which reads `conf/spark-env.sh`;
 * fetched jars by the class behind it.
 */
export function sparkSubmitCommand(options: SparkSubmitOptions): Command {
  const { java, spark, master, deployMode, mainClass, jar, args = [], heap = "2g" } = options;
  const submit = [
    `--master=${master}`,
    `--deploy-mode=${deployMode}`,
    `--class=${mainClass}`,
    ...Object.entries(configuration(options)).map(([name, value]) => `--conf=${name}=${value}`),
  ];
  if (spark.hasScripts) {
    return {
      command: join(spark.home, "bin", "spark-submit"),
      args: [...submit, `--driver-memory=${heap}`, jar, ...args],
      env: { SPARK_HOME: spark.home },
    };
  }
  return javaCommand({
    java,
    classPath: sparkClassPath(spark.home),
    mainClass: "org.apache.spark.deploy.SparkSubmit",
    args: [...submit, jar, ...args],
    heap,
    env: { SPARK_HOME: spark.home },
  });
}

const DRIVER_OPTIONS = "spark.driver.extraJavaOptions";

/** Standalone clusters start drivers without the options that Java 17 needs. */
function configuration({ conf = {}, master, deployMode }: SparkSubmitOptions) {
  if (deployMode === "client" || !master.startsWith("spark://")) return conf;
  const own = conf[DRIVER_OPTIONS];
  return {
    ...conf,
    [DRIVER_OPTIONS]: [...moduleOptions, ...(own === undefined ? [] : [own])].join(" "),
  };
}

interface StandaloneOptions {
  readonly java: Java;
  readonly spark: SparkInstallation;
  readonly host: string;
}

/** Starts a standalone cluster's master, which also takes jobs by REST. */
export function sparkMasterCommand(
  options: StandaloneOptions & {
    readonly port: number;
    readonly webPort: number;
    readonly restPort: number;
  },
): Command {
  const { host, port, webPort, restPort } = options;
  return standalone(options, "org.apache.spark.deploy.master.Master", {
    args: flags({ host, port, "webui-port": webPort }),
    properties: {
      "spark.master.rest.enabled": "true",
      "spark.master.rest.port": String(restPort),
    },
  });
}

/** Starts a standalone cluster's worker, which starts drivers and executors. */
export function sparkWorkerCommand(
  options: StandaloneOptions & {
    /** `spark://host:7077`. */
    readonly master: string;
    readonly cores: number;
    /** Of all its executors: `2g`. */
    readonly memory: string;
    /** For logs and jars of its applications. */
    readonly workFolder: string;
    readonly webPort: number;
  },
): Command {
  const { host, master, cores, memory, workFolder, webPort } = options;
  return standalone(options, "org.apache.spark.deploy.worker.Worker", {
    args: [
      ...flags({ host, cores, memory, "work-dir": workFolder, "webui-port": webPort }),
      master,
    ],
    properties: {},
  });
}

/** Master and worker know `--name value` only, and not `--name=value`. */
function flags(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

function standalone(
  { java, spark }: StandaloneOptions,
  mainClass: string,
  rest: { readonly args: readonly string[]; readonly properties: Readonly<Record<string, string>> },
): Command {
  return javaCommand({
    java,
    classPath: sparkClassPath(spark.home),
    mainClass,
    heap: "512m",
    env: { SPARK_HOME: spark.home, SPARK_SCALA_VERSION: spark.version.scala },
    ...rest,
  });
}
