import { FILE_ANNOTATION, type SparkApplicationObject } from "../../app/spark-application.js";
import type { DeployRecord } from "../../deploy/record.js";
import type { DiagnosisContext } from "./fact.js";

/** What an application itself says of what mending commands have to name. */
export function diagnosisContext(
  { metadata, spec }: SparkApplicationObject,
  record: Pick<DeployRecord, "file"> | undefined,
): DiagnosisContext {
  const driver = spec?.driver as { readonly serviceAccount?: string } | undefined;
  const eventLogs = spec?.sparkConf?.["spark.eventLog.dir"] ?? "";
  return {
    app: metadata.name,
    namespace: metadata.namespace ?? "default",
    file: record?.file ?? metadata.annotations?.[FILE_ANNOTATION],
    image: spec?.image,
    bucket: /^s3a?:\/\/([^/]+)/.exec(eventLogs)?.[1],
    serviceAccount: driver?.serviceAccount,
    executorMemory: spec?.executor?.memory,
    executorOverhead: spec?.executor?.memoryOverhead,
    driverOverhead: spec?.driver?.memoryOverhead,
  };
}
