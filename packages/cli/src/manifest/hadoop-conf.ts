import type { ManifestInput } from "./manifest-input.js";
import type { ManifestSettings } from "./settings.js";
import type { StringMap } from "./spark-application.js";

/** What Spark's own access to S3 needs: the event log goes through it. No secrets. */
export function hadoopConf(
  { region, s3Endpoint, s3PathStyle }: ManifestInput,
  settings: ManifestSettings,
  provider: string,
): StringMap {
  return {
    // Jars, logs and users write s3:// as well as s3a://.
    "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "fs.s3a.aws.credentials.provider": provider,
    ...(region === undefined ? {} : { "fs.s3a.endpoint.region": region }),
    ...(s3Endpoint === undefined
      ? {}
      : {
          "fs.s3a.endpoint": s3Endpoint,
          "fs.s3a.connection.ssl.enabled": String(!s3Endpoint.startsWith("http:")),
        }),
    ...(s3PathStyle === true ? { "fs.s3a.path.style.access": "true" } : {}),
    ...settings.hadoopConf,
  };
}
