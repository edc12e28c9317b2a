import type { ProfileName } from "./profiles.js";
import type { SetExpression } from "./set-path.js";
import type { ManifestSettings } from "./settings.js";
import type { StringMap } from "./spark-application.js";

/** All that decides a manifest: the same input, the same manifest. */
export interface ManifestInput {
  /** Name of the application in its namespace. */
  readonly appName: string;
  readonly namespace: string;
  /** The pipeline's own name. */
  readonly pipeline: string;
  /** SHA-256 of the pipeline's code, in hex; absent where it is not known. */
  readonly codeDigest?: string | undefined;
  /** By digest, so that all pods run the same. */
  readonly image: string;
  readonly bucket: string;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
  readonly region?: string | undefined;
  /** Of an S3 other than AWS's, such as `http://minio:9000`. */
  readonly s3Endpoint?: string | undefined;
  /** Buckets in the path instead of the host name: what most other S3 servers want. */
  readonly s3PathStyle?: boolean | undefined;

  /** Default: `local:///opt/beamline/pipeline.jar`, as `beamline image` puts it. */
  readonly mainApplicationFile?: string | undefined;
  /** Default: `local:///opt/beamline/job-server.jar`. */
  readonly jars?: readonly string[] | undefined;
  /** Default: `beamline.spark.PipelineMain`. */
  readonly mainClass?: string | undefined;
  readonly arguments?: readonly string[] | undefined;

  readonly profile?: ProfileName | undefined;
  /** What flags and the configuration file say; it beats the profile. */
  readonly settings?: Partial<ManifestSettings> | undefined;
  /** Strategic merge patches, as parsed, in their order. */
  readonly patches?: readonly unknown[] | undefined;
  /** Applied last. */
  readonly sets?: readonly SetExpression[] | undefined;

  readonly labels?: StringMap | undefined;
  /** Of the application. */
  readonly annotations?: StringMap | undefined;
}
