import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  findMinio,
  type Minio,
  startMinio,
} from "../../packages/beamline/src/io/filesystem/s3/testdata/minio.js";
import {
  CONTROL_PLANE_TIMEOUT_MS,
  type ControlPlane,
  describeSchema,
  startControlPlane,
} from "../kubernetes/support/control-plane.js";
import { beamline } from "../support/command-line.js";

const WORDCOUNT = fileURLToPath(new URL("../../examples/wordcount.ts", import.meta.url));
const AUDIENCE = "sts.amazonaws.com";

/**
 * IAM roles for service accounts as on EKS, with real parts: a token that Kubernetes has issued for a
 * service account, an STS that asks Kubernetes for its keys and checks the token, and an S3 that
 * knows what that STS has given out.
 */
describeSchema("a pipeline with the role of its service account", () => {
  let plane: ControlPlane | undefined;
  let minio: Minio | undefined;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "beamline-identities-"));
    mkdirSync(join(folder, "home"));
    const binary = findMinio();
    if (binary === undefined) return;
    plane = await startControlPlane();
    const role = "--clusterrole=system:service-account-issuer-discovery";
    kubectl("create", "clusterrolebinding", "issuer", role, "--group=system:unauthenticated");
    kubectl("create", "serviceaccount", "words");
    const ca = join(dirname(plane.kubeconfig), "keys", "ca.crt");
    const url = `${plane.server}/.well-known/openid-configuration`;
    minio = await startMinio(binary, { url, ca, audience: AUDIENCE });
    const { endpoint, credentials } = minio;
    const s3 = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: "books" }));
    const Body = "to be or not to be";
    await s3.send(new PutObjectCommand({ Bucket: "books", Key: "hamlet.txt", Body }));
    s3.destroy();
  }, CONTROL_PLANE_TIMEOUT_MS);

  afterAll(async () => {
    await minio?.stop();
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function kubectl(...args: readonly string[]): string {
    const { kubeconfig = "" } = plane ?? {};
    const program = join(dirname(kubeconfig), "bin", "kubectl");
    const env = { ...process.env, KUBECONFIG: kubeconfig };
    return execFileSync(program, args, { env, encoding: "utf8" });
  }

  /** Counts words with nothing but a token of the service account, for an audience. */
  async function count(audience: string) {
    const token = join(folder, `${audience}.token`);
    writeFileSync(token, kubectl("create", "token", "words", `--audience=${audience}`).trim());
    const env = {
      PATH: process.env.PATH,
      // Where no other credentials are.
      HOME: join(folder, "home"),
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_REGION: "us-east-1",
      // What EKS puts into the pods of such an account.
      AWS_ROLE_ARN: minio?.roleArn,
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
      AWS_ENDPOINT_URL_STS: minio?.endpoint,
      AWS_ENDPOINT_URL_S3: minio?.endpoint,
    };
    const places = ["--input", "s3://books/hamlet.txt", "--output", `s3://books/${audience}/out`];
    return await beamline(["run", WORDCOUNT, ...places], { cwd: folder, env });
  }

  test.skipIf(findMinio() === undefined)("reads and writes S3", async () => {
    const { code, stderr } = await count(AUDIENCE);
    expect(code, stderr).toBe(0);
  });

  test.skipIf(findMinio() === undefined)(
    "is told before any work what is wrong with its token",
    async () => {
      const { code, stderr } = await count("somebody.else");
      expect(code).toBe(1);
      expect(stderr).toMatch(/^Cannot start the job: 2 checks failed/m);
      expect(stderr).toMatch(/STS gives out no credentials for the role .*STS JWT Token/);
    },
  );
});
