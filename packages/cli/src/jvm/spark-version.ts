import type { BeamlineError } from "beamline";
import { compareVersions } from "./compare-versions.js";
import { toolError } from "./tool-error.js";

export interface SparkVersion {
  /** `3.5.3`. */
  readonly spark: string;
  /** `2.12`. */
  readonly scala: string;
}

const OLDEST = "3.2";
const MEND = "use Spark 3.5 for Scala 2.12";

/** Tells Spark's version by the names of its jars; undefined when there is no Spark among them. */
export function sparkVersionOf(jarNames: readonly string[]): SparkVersion | undefined {
  for (const name of jarNames) {
    const [, scala, spark] = /^spark-core_(\d+\.\d+)-(.+)\.jar$/.exec(name) ?? [];
    if (scala !== undefined && spark !== undefined) return { spark, scala };
  }
  return undefined;
}

/** Reads what `spark-submit --version` prints; undefined when that is something else. */
export function parseSparkSubmitVersion(output: string): SparkVersion | undefined {
  const [, spark] = /version (\d+\.\d+\S*)/.exec(output) ?? [];
  const [, scala] = /Scala version (\d+\.\d+)/.exec(output) ?? [];
  return spark === undefined || scala === undefined ? undefined : { spark, scala };
}

/**
 * Why Beam's runner cannot run on a Spark, if so. `where` names it: `SPARK_HOME "/opt/spark"`, or a
 * cluster's address.
 */
export function sparkProblem(
  { spark, scala }: SparkVersion,
  where: string,
): BeamlineError | undefined {
  const cannot = `Cannot use Spark ${spark} for Scala ${scala} (${where})`;
  if (compareVersions(spark, "4") >= 0) {
    return toolError(
      "SPARK_VERSION",
      `${cannot}: Beam's runner is made for Spark 3 and Scala 2.12, it would miss ` +
        `scala.Serializable here; ${MEND}`,
    );
  }
  if (compareVersions(spark, OLDEST) < 0) {
    return toolError(
      "SPARK_VERSION",
      `${cannot}: Beam's runner needs Spark ${OLDEST} or later; ${MEND}`,
    );
  }
  if (scala !== "2.12") {
    return toolError(
      "SPARK_SCALA",
      `${cannot}: Beam's runner is compiled for Scala 2.12, it would miss scala.Serializable ` +
        `here; ${MEND}`,
    );
  }
  return undefined;
}
