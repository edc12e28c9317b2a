import type { Problem } from "../command/usage-error.js";
import { compareVersions } from "../jvm/compare-versions.js";

/**
 * Where pods have their AWS credentials from: EKS Pod Identity, IAM roles for service accounts, a
 * Secret of the namespace, or the node's own role.
 */
export const identities = ["irsa", "pod-identity", "secret", "node"] as const;

export type Identity = (typeof identities)[number];

/** The S3A file system in the image: Spark's side of S3. The pipeline's own side is Node's. */
export interface HadoopLine {
  /** Version of hadoop-aws: Spark's own Hadoop has to be of the same. */
  readonly hadoopVersion: string;
  /** Version of the AWS SDK for Java beside it: 1.x up to Hadoop 3.3, 2.x from 3.4 on. */
  readonly awsSdkVersion: string;
}

const V1 = "com.amazonaws.auth";
const V2 = "software.amazon.awssdk.auth.credentials";

/** Classes that fetch credentials, by the major version of the SDK that the image's S3A uses. */
const PROVIDERS: Readonly<Record<Identity, readonly [v1: string, v2: string]>> = {
  irsa: [
    `${V1}.WebIdentityTokenCredentialsProvider`,
    `${V2}.WebIdentityTokenFileCredentialsProvider`,
  ],
  "pod-identity": [
    `${V1}.EC2ContainerCredentialsProviderWrapper`,
    `${V2}.ContainerCredentialsProvider`,
  ],
  secret: [
    `${V1}.EnvironmentVariableCredentialsProvider`,
    `${V2}.EnvironmentVariableCredentialsProvider`,
  ],
  node: [`${V1}.InstanceProfileCredentialsProvider`, `${V2}.InstanceProfileCredentialsProvider`],
};

/** The first SDK 1.x that sends Pod Identity's token file and accepts its agent's address. */
export const POD_IDENTITY_SINCE = "1.12.746";

export type CredentialsProvider =
  | { readonly ok: true; readonly className: string }
  | { readonly ok: false; readonly problem: Problem };

/** The value of `fs.s3a.aws.credentials.provider`, or why this identity cannot work in this image. */
export function credentialsProvider(identity: Identity, line: HadoopLine): CredentialsProvider {
  const { hadoopVersion, awsSdkVersion } = line;
  const isV2 = compareVersions(awsSdkVersion, "2") >= 0;
  const needsV2 = compareVersions(hadoopVersion, "3.4") >= 0;
  if (isV2 !== needsV2) {
    return refuse(
      `--aws-sdk-version ${awsSdkVersion}`,
      `hadoop-aws ${hadoopVersion} works with the AWS SDK for Java ${needsV2 ? "2.x" : "1.x"} only; give the version that the image has`,
    );
  }
  if (identity === "pod-identity" && !isV2) {
    if (compareVersions(awsSdkVersion, POD_IDENTITY_SINCE) < 0) {
      return refuse(
        "--identity pod-identity",
        `Spark's side of S3 in this image (hadoop-aws ${hadoopVersion}, AWS SDK for Java ${awsSdkVersion}) knows no Pod Identity; use --identity irsa, or an image with aws-java-sdk-bundle ${POD_IDENTITY_SINCE} or later and --aws-sdk-version, or --event-log none`,
      );
    }
  }
  const [v1, v2] = PROVIDERS[identity];
  return { ok: true, className: isV2 ? v2 : v1 };
}

function refuse(subject: string, message: string): CredentialsProvider {
  return { ok: false, problem: { subject, message } };
}
