import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { beamline, type CommandEnded } from "../../support/command-line.js";
import type { MinioKeys } from "../../support/minio-user.js";
import type { TestCluster } from "./test-cluster.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** A bucket, a Secret for pods and a repository for images: what somebody deploys with. */
export interface Workbench {
  readonly bucket: string;
  /** In the job namespace; pods that name it read and write the bucket. */
  readonly secret: string;
  readonly s3: S3Client;
  /** Runs `beamline` as somebody does whose environment and kubeconfig are those of the cluster. */
  beamline(argv: readonly string[], watch?: (child: ChildProcess) => void): Promise<CommandEnded>;
  /**
   * The arguments of `beamline deploy FILE` that this cluster asks for: its image base, its bucket,
   * pods that are small enough for two of them and a driver to share two cores, and one platform,
   * linux/amd64 if need be.
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
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  await createSecret(cluster, name, credentials);
  const env = {
    ...process.env,
    KUBECONFIG: cluster.kubeconfig,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    AWS_ENDPOINT_URL_S3: endpoint,
  };
  return {
    bucket: name,
    secret: name,
    s3,
    beamline: (argv, watch) =>
      beamline(argv, { cwd: ROOT, env, ...(watch === undefined ? {} : { watch }) }),
    deployArguments: (file, app, platform = "linux/amd64") => [
      ...["deploy", file, "--name", app, "--bucket", name],
      ...["--image", `${cluster.registry}/${name}`, "--base", cluster.spark],
      ...["--platform", platform, "--identity", "secret", "--aws-secret", name],
      ...["--driver-memory", "512m", "--executor-memory", "512m", "--harness-heap", "128"],
      ...["--set", "spec.driver.coreRequest=100m", "--set", "spec.executor.coreRequest=100m"],
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

/** A Secret as `--identity secret` wants it. */
export async function createSecret(
  cluster: TestCluster,
  name: string,
  { accessKeyId, secretAccessKey }: MinioKeys,
): Promise<void> {
  await cluster.api("POST", `/api/v1/namespaces/${cluster.jobNamespace}/secrets`, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name },
    stringData: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  });
}
