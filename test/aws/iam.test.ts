import {
  CreateRoleCommand,
  IAMClient,
  MalformedPolicyDocumentException,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  findMinio,
  type Minio,
  startMinio,
} from "../../packages/beamline/src/io/filesystem/s3/testdata/minio.js";
import { type IamInput, planIam } from "../../packages/cli/src/iam/plan-iam.js";
import type { PolicyDocument } from "../../packages/cli/src/iam/policy.js";
import { type Moto, startMoto } from "../support/moto.js";

const input: IamInput = {
  region: "us-east-1",
  account: "123456789012",
  home: { bucket: "acme", prefix: "beamline" },
  reads: [{ bucket: "books", prefix: "shakespeare" }],
  writes: [],
  repository: "beamline/*",
  cluster: "prod",
  namespace: "jobs",
  serviceAccount: "beamline-spark",
  identity: "irsa",
  oidcIssuer: "https://oidc.eks.us-east-1.amazonaws.com/id/ABC",
};
const region = "us-east-1";
const minio = findMinio();

describe.skipIf(minio === undefined)("the pods' policy, enforced by a real S3", () => {
  let server: Minio;
  /** May do what the policy says. */
  let pod: S3Client;
  let root: S3Client;

  beforeAll(async () => {
    server = await startMinio(minio ?? "");
    const { endpoint, credentials } = server;
    const place = { endpoint, region, forcePathStyle: true };
    root = new S3Client({ ...place, credentials });
    for (const Bucket of ["acme", "books"]) await root.send(new CreateBucketCommand({ Bucket }));
    for (const [Bucket, Key] of [
      ["acme", "other/secret"],
      ["acme", "beamline-too/secret"],
      ["books", "shakespeare/lear.txt"],
      ["books", "austen/emma.txt"],
    ]) {
      await root.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    }
    pod = new S3Client({ ...place, credentials: await session(planIam(input).pods) });
  });
  afterAll(async () => {
    pod?.destroy();
    root?.destroy();
    await server?.stop();
  });

  const session = async (policy: PolicyDocument) => {
    const { endpoint, credentials } = server;
    const sts = new STSClient({ endpoint, region, credentials });
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: "arn:aws:iam::123456789012:role/any",
        RoleSessionName: "pod",
        Policy: JSON.stringify(policy),
      }),
    );
    sts.destroy();
    return {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
  };

  test("permits all that a deployment does below its prefix", async () => {
    const at = { Bucket: "acme", Key: "beamline/words/out-0" };
    await pod.send(new PutObjectCommand({ ...at, Body: "Duke: 30" }));
    expect(await (await pod.send(new GetObjectCommand(at))).Body?.transformToString()).toBe(
      "Duke: 30",
    );
    const { UploadId } = await pod.send(new CreateMultipartUploadCommand(at));
    await pod.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
    const list = new ListObjectsV2Command({ Bucket: "acme", Prefix: "beamline/" });
    expect((await pod.send(list)).KeyCount).toBe(1);
    await pod.send(new DeleteObjectCommand(at));
    const book = new GetObjectCommand({ Bucket: "books", Key: "shakespeare/lear.txt" });
    expect((await pod.send(book)).ContentLength).toBe(1);
  });

  const denied = { name: "AccessDenied" };

  test("refuses every neighbour", async () => {
    for (const Key of ["other/secret", "beamline-too/secret"]) {
      const at = { Bucket: "acme", Key };
      await expect(pod.send(new GetObjectCommand(at))).rejects.toMatchObject(denied);
      await expect(pod.send(new PutObjectCommand({ ...at, Body: "x" }))).rejects.toMatchObject(
        denied,
      );
      await expect(pod.send(new DeleteObjectCommand(at))).rejects.toMatchObject(denied);
    }
    for (const list of [{}, { Prefix: "other/" }, { Prefix: "beamline-too/" }]) {
      const command = new ListObjectsV2Command({ Bucket: "acme", ...list });
      await expect(pod.send(command)).rejects.toMatchObject(denied);
    }
    const emma = { Bucket: "books", Key: "austen/emma.txt" };
    await expect(pod.send(new GetObjectCommand(emma))).rejects.toMatchObject(denied);
    const lear = { Bucket: "books", Key: "shakespeare/lear.txt" };
    await expect(pod.send(new PutObjectCommand({ ...lear, Body: "y" }))).rejects.toMatchObject(
      denied,
    );
  });
});

describe("the policies as IAM takes them", () => {
  let moto: Moto;
  let iam: IAMClient;
  beforeAll(async () => {
    moto = await startMoto();
    const credentials = { accessKeyId: "any", secretAccessKey: "any" };
    iam = new IAMClient({ endpoint: moto.endpoint, region, credentials });
  });
  afterAll(async () => {
    iam?.destroy();
    await moto?.stop();
  });

  const makeRole = async (name: string, trust: unknown, policy: unknown) => {
    await iam.send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: name,
        PolicyName: "own",
        PolicyDocument: JSON.stringify(policy),
      }),
    );
  };

  test.each(["irsa", "pod-identity"] as const)(
    "a role can be made of them for %s",
    async (identity) => {
      const { trust, pods, deployer } = planIam({ ...input, identity });
      await makeRole(`pods-${identity}`, trust, pods);
      await makeRole(`deployer-${identity}`, trust, deployer);
    },
  );

  test("the check is one: what is no policy is refused", async () => {
    const { trust, pods } = planIam(input);
    const malformed = MalformedPolicyDocumentException;
    const noVersion = { ...pods, Version: "1" };
    await expect(makeRole("wrong", trust, noVersion)).rejects.toThrow(malformed);
    const noAction = { ...pods, Statement: [{ Effect: "Allow" }] };
    await expect(makeRole("worse", trust, noAction)).rejects.toThrow(malformed);
  });
});
