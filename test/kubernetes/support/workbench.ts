import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  BucketAlreadyOwnedByYou,
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { beamline, type CommandEnded } from "../../support/command-line.js";
import type { MinioKeys } from "../../support/minio-user.js";
import { ask } from "./ask.js";
import type { TestCluster } from "./test-cluster.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** For what lives for seconds: code that is compiled thoroughly never pays for that. */
export const QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

/**
 * Pods that are small enough for two of them and a driver to share two cores, and that start as
 * quickly as Java can. They are gone soon after their application, unless `app delete` comes first.
 */
export const SMALL_PODS: readonly string[] = [
  ...["--driver-memory", "512m", "--executor-memory", "512m", "--harness-heap", "128"],
  ...["--executors", "1", "--executor-cores", "1"],
  ...["--set", "spec.driver.coreRequest=100m", "--set", "spec.executor.coreRequest=100m"],
  ...["--spark-conf", `spark.kubernetes.driverEnv.JAVA_TOOL_OPTIONS=${QUICK_JAVA}`],
  ...["--spark-conf", `spark.executorEnv.JAVA_TOOL_OPTIONS=${QUICK_JAVA}`],
];

/** A bucket, a Secret for pods and a repository for images: what somebody deploys with. */
export interface Workbench {
  readonly bucket: string;
  /** In the job namespace; pods that name it read and write the bucket. */
  readonly secret: string;
  /** Where images go: one for all tests, so that what they share is pushed once. */
  readonly repository: string;
  readonly s3: S3Client;
  /** Runs `beamline` as somebody does whose environment and kubeconfig are those of the cluster. */
  beamline(argv: readonly string[], watch?: (child: ChildProcess) => void): Promise<CommandEnded>;
  /** The same in this process: what it prints. Quick, for what is asked until it is so. */
  ask(argv: readonly string[]): Promise<string>;
  /**
   * The arguments of `beamline deploy FILE` that this cluster asks for: its image base, its bucket,
   * {@link SMALL_PODS}, and one platform, linux/amd64 if need be.
   */
  deployArguments(file: string, name: string, platform?: string): readonly string[];
  /** The lines of all objects whose key begins so, sorted. */
  lines(prefix: string): Promise<readonly string[]>;
  close(): void;
}

export async function openWorkbench(cluster: TestCluster, name: string): Promise<Workbench> {
  const { endpoint, region, accessKeyId, secretAccessKey } = cluster.s3;
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await createBucket(s3, name);
  await createSecret(cluster, name, credentials);
  const own = {
    KUBECONFIG: cluster.kubeconfig,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    AWS_ENDPOINT_URL_S3: endpoint,
    // To each user of Node 20, once a process; there is nothing here to see it.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
  // AWS's client looks there, whatever it is given, when it is asked in this process.
  Object.assign(process.env, own);
  const env = { ...process.env, ...own };
  const repository = `${cluster.registry}/worker`;
  return {
    bucket: name,
    secret: name,
    repository,
    s3,
    beamline: (argv, watch) =>
      beamline(argv, { cwd: ROOT, env, ...(watch === undefined ? {} : { watch }) }),
    ask: (argv) => ask(argv, { cwd: ROOT, env }),
    deployArguments: (file, app, platform = "linux/amd64") => [
      ...["deploy", file, "--name", app, "--bucket", name],
      ...["--image", repository, "--base", cluster.spark],
      ...["--platform", platform, "--identity", "secret", "--aws-secret", name],
      ...SMALL_PODS,
    ],
    async lines(prefix) {
      const listed = await s3.send(new ListObjectsV2Command({ Bucket: name, Prefix: prefix }));
      const texts = (listed.Contents ?? []).map(async ({ Key }) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: name, Key }));
        return (await Body?.transformToString()) ?? "";
      });
      const lines = (await Promise.all(texts)).flatMap((text) => text.split("\n"));
      return lines.filter((line) => line !== "").sort();
    },
    close: () => s3.destroy(),
  };
}

/** There may be one from an earlier try, or in a cluster that is used again. */
export async function createBucket(s3: S3Client, Bucket: string): Promise<void> {
  try {
    await s3.send(new CreateBucketCommand({ Bucket }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
}

/** A Secret as `--identity secret` wants it, new or as it should be. */
export async function createSecret(
  cluster: TestCluster,
  name: string,
  { accessKeyId, secretAccessKey }: MinioKeys,
): Promise<void> {
  await cluster.apply("secrets", {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: cluster.jobNamespace },
    stringData: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  });
}
