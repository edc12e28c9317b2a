import type { ManifestInput } from "./manifest-input.js";
import type { ManifestSettings } from "./settings.js";
import type { StringMap } from "./spark-application.js";
import { eventLogUrl } from "./storage.js";

/** Partitions per task slot: enough for uneven ones to even out, few enough to cost nothing. */
const PARTITIONS_PER_SLOT = 2;

/** Spark's properties, the driver's and executors' environment among them. */
export function sparkConf(input: ManifestInput, settings: ManifestSettings): StringMap {
  const { executorCores, executors, maxExecutors, harnessHeap, localDisk } = settings;
  const eventLog = eventLogUrl(input, settings.eventLog);
  const slots = executorCores * (maxExecutors ?? executors);
  return {
    // The home of the image's user may be read-only, and Spark writes there otherwise.
    "spark.jars.ivy": "/tmp/.ivy2",
    // The runner groups into this many partitions; Spark's own default is one per slot there is now.
    "spark.default.parallelism": String(Math.max(2, slots * PARTITIONS_PER_SLOT)),
    ...(eventLog === undefined
      ? {}
      : { "spark.eventLog.enabled": "true", "spark.eventLog.dir": eventLog }),
    ...(settings.prometheus ? PROMETHEUS : {}),
    ...(localDisk?.kind === "claim" ? claimConf(localDisk) : {}),
    ...environment("spark.kubernetes.driverEnv.", awsEnvironment(input)),
    ...environment("spark.executorEnv.", {
      ...awsEnvironment(input),
      // A container's share of a node's cores is not what Node sees of them.
      BEAMLINE_WORKER_THREADS: String(executorCores),
      // Counts for every thread. Beyond it Node says why it ends; the kernel would not.
      NODE_OPTIONS: `--max-old-space-size=${harnessHeap}`,
    }),
    ...settings.sparkConf,
  };
}

/** Spark's own endpoint for Prometheus: needs no jar in the image. */
const PROMETHEUS: StringMap = {
  "spark.ui.prometheus.enabled": "true",
  "spark.metrics.conf.*.sink.prometheusServlet.class":
    "org.apache.spark.metrics.sink.PrometheusServlet",
  "spark.metrics.conf.*.sink.prometheusServlet.path": "/metrics/prometheus",
};

function claimConf({ storageClass, size }: { storageClass: string; size: string }): StringMap {
  const volume = "spark.kubernetes.executor.volumes.persistentVolumeClaim.spark-local-dir-1";
  return {
    [`${volume}.options.claimName`]: "OnDemand",
    [`${volume}.options.storageClass`]: storageClass,
    [`${volume}.options.sizeLimit`]: size,
    [`${volume}.mount.path`]: LOCAL_DIR,
    [`${volume}.mount.readOnly`]: "false",
  };
}

/** Where executors find their disk. */
export const LOCAL_DIR = "/data/spark-local";

/** What the AWS SDKs in driver and workers go by. */
function awsEnvironment({ region, s3Endpoint }: ManifestInput): StringMap {
  return {
    ...(region === undefined ? {} : { AWS_REGION: region }),
    ...(s3Endpoint === undefined ? {} : { AWS_ENDPOINT_URL_S3: s3Endpoint }),
  };
}

function environment(prefix: string, variables: StringMap): StringMap {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`${prefix}${name}`, value]),
  );
}
