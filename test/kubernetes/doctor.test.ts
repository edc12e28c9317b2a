import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import {
  findMinio,
  type Minio,
  startMinio,
} from "../../packages/beamline/src/io/filesystem/s3/testdata/minio.js";
import type { CheckReport } from "../../packages/cli/src/doctor/check.js";
import { type KubeClient, openKubeClient } from "../../packages/cli/src/kube/client.js";
import type { KubeObject } from "../../packages/cli/src/kube/kube-object.js";
import { refOf } from "../../packages/cli/src/kube/kube-object.js";
import { applyObject, deleteObject } from "../../packages/cli/src/kube/objects.js";
import { pathOf } from "../../packages/cli/src/kube/resources.js";
import { defaultSettings } from "../../packages/cli/src/manifest/settings.js";
import { supportObjects } from "../../packages/cli/src/manifest/support.js";
import { describeRegistry, type Registry, startRegistry } from "../support/docker-registry.js";
import { createMinioUser } from "../support/minio-user.js";
import { startAdmissionServer } from "./support/admission-server.js";
import {
  CONTROL_PLANE_TIMEOUT_MS,
  type ControlPlane,
  describeSchema,
  startControlPlane,
} from "./support/control-plane.js";
import { runCli } from "./support/in-process.js";
import { pushEmptyImage } from "./support/push-image.js";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "beamline-doctor-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** Runs checks, and gives their reports by name. */
async function doctor(env: Readonly<Record<string, string>>, argv: readonly string[]) {
  const { code, stdout, stderr } = await runCli(["doctor", ...argv, "--json"], { cwd, env });
  if (stdout === "") throw new Error(stderr);
  const { checks, error }: { checks?: readonly CheckReport[]; error?: unknown } =
    JSON.parse(stdout);
  if (checks === undefined) throw new Error(JSON.stringify(error ?? stdout));
  return { code, checks: Object.fromEntries(checks.map((each) => [each.id, each])) };
}

const only = (...ids: readonly string[]) => ids.flatMap((id) => ["--only", id]);

describeSchema("beamline doctor on a real API server", () => {
  let plane: ControlPlane;
  let client: KubeClient;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    plane = await startControlPlane();
    env = { KUBECONFIG: plane.kubeconfig };
    client = await openKubeClient({ env });
  }, CONTROL_PLANE_TIMEOUT_MS);
  afterAll(async () => {
    client?.close();
    await plane?.stop();
  });

  /** Takes an object away again when the test is over. */
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });
  const make = async (object: KubeObject, status?: object) => {
    await applyObject(client, object);
    cleanups.push(() => deleteObject(client, refOf(object)));
    if (status === undefined) return;
    await client.json({
      method: "PATCH",
      path: `${pathOf(refOf(object))}/status`,
      contentType: "application/merge-patch+json",
      body: { status },
    });
  };
  /** The API server taints new nodes as not ready, which a controller takes away elsewhere. */
  const makeNode = async (object: KubeObject, status: object, taints: readonly object[] = []) => {
    await make(object, status);
    await client.json({
      method: "PATCH",
      path: pathOf(refOf(object)),
      contentType: "application/merge-patch+json",
      body: { spec: { taints } },
    });
  };
  const check = async (id: string, ...argv: readonly string[]): Promise<CheckReport> => {
    const report = (await doctor(env, [...only(id), ...argv])).checks[id];
    if (report === undefined) throw new Error(`no report of ${id}`);
    return report;
  };

  test("cluster: tells its version; or that nothing answers, and what then cannot be checked", async () => {
    expect(await check("cluster")).toMatchObject({
      outcome: "ok",
      evidence: expect.stringMatching(/^Kubernetes v1\.\d+\.\d+ at https:.*context beamline-test$/),
    });
    const file = join(cwd, "kubeconfig");
    const cluster = { server: "https://127.0.0.1:1", "insecure-skip-tls-verify": true };
    writeFileSync(
      file,
      stringify({
        "current-context": "gone",
        contexts: [{ name: "gone", context: { cluster: "gone", user: "me" } }],
        clusters: [{ name: "gone", cluster }],
        users: [{ name: "me", user: { token: "x" } }],
      }),
    );
    const { code, checks } = await doctor({ KUBECONFIG: file }, only("cluster", "webhook"));
    expect(code).toBe(3);
    expect(checks.cluster).toMatchObject({
      outcome: "fail",
      evidence: expect.stringContaining("https://127.0.0.1:1 of context gone does not answer"),
    });
    expect(checks.webhook).toMatchObject({
      outcome: "skipped",
      evidence: "the cluster does not answer",
    });
  });

  test("cluster: an unknown context is told with those that there are", async () => {
    expect(await check("cluster", "--context", "beamline-tst")).toMatchObject({
      outcome: "fail",
      mend: expect.stringContaining("did you mean beamline-test?"),
    });
  });

  test("namespace: is there or not", async () => {
    expect(await check("namespace")).toMatchObject({ outcome: "ok" });
    expect(await check("namespace", "-n", "jobs")).toMatchObject({
      outcome: "fail",
      mend: "kubectl create namespace jobs",
    });
  });

  const operator = (args: readonly string[]): KubeObject => {
    const labels = {
      "app.kubernetes.io/name": "spark-operator",
      "app.kubernetes.io/version": "2.3.0",
    };
    const containers = [{ name: "c", image: "any", args: ["controller", "start", ...args] }];
    const spec = {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    };
    const metadata = { name: "spark-operator-controller", namespace: "default", labels };
    return { apiVersion: "apps/v1", kind: "Deployment", metadata, ...{ spec } };
  };

  test("operator: missing, without a ready pod, running", async () => {
    expect(await check("operator")).toMatchObject({
      outcome: "fail",
      evidence: "there is no Spark operator in the cluster",
      mend: expect.stringContaining("helm install spark-operator"),
    });
    expect(await check("job-namespaces")).toMatchObject({ outcome: "skipped" });
    await make(operator([]));
    expect(await check("operator")).toMatchObject({
      outcome: "fail",
      evidence: expect.stringContaining("none of its pods is ready"),
    });
    await make(operator([]), { replicas: 1, readyReplicas: 1 });
    expect(await check("operator")).toMatchObject({
      outcome: "ok",
      evidence: "default/spark-operator-controller, version 2.3.0",
    });
  });

  test.each([
    [["--namespaces=default,jobs"], "ok"],
    [["--namespaces", "default"], "ok"],
    [['--namespaces=""'], "ok"],
    [[], "ok"],
    [["--namespaces=jobs"], "fail"],
  ] as const)("job-namespaces: with %j it is %s", async (args, outcome) => {
    await make(operator(args));
    const report = await check("job-namespaces");
    expect(report.outcome).toBe(outcome);
    if (outcome === "fail") {
      expect(report.mend).toContain("--set 'spark.jobNamespaces={jobs,default}'");
    }
  });

  test("crd: takes the application, or names the field that it does not know", async () => {
    expect(await check("crd")).toMatchObject({ outcome: "ok" });
    expect(await check("crd", "--set", "spec.executor.coers=1")).toMatchObject({
      outcome: "fail",
      evidence: expect.stringContaining("spec.executor.coers: no such field; did you mean cores?"),
    });
  });

  const webhookFor = (clientConfig: object): KubeObject => ({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: "spark-operator-webhook" },
    ...{
      webhooks: [
        {
          name: "mutate-sparkapplication.sparkoperator.k8s.io",
          admissionReviewVersions: ["v1"],
          sideEffects: "NoneOnDryRun",
          failurePolicy: "Fail",
          clientConfig,
          rules: [
            {
              apiGroups: ["sparkoperator.k8s.io"],
              apiVersions: ["v1beta2"],
              resources: ["sparkapplications"],
              operations: ["CREATE"],
            },
          ],
        },
      ],
    },
  });

  /** The API server learns of a configuration a moment later. */
  const eventually = async (
    outcome: CheckReport["outcome"],
    id = "webhook",
  ): Promise<CheckReport> => {
    for (let attempt = 0; ; attempt++) {
      const report = await check(id);
      if (report.outcome === outcome || attempt === 20) return report;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };

  test("webhook: none, one that is down, one that denies, one that answers", async () => {
    expect(await check("webhook")).toMatchObject({
      outcome: "warn",
      mend: expect.stringContaining("--set 'webhook.enable=true'"),
    });
    await make(webhookFor({ url: "https://127.0.0.1:1/mutate" }));
    expect(await eventually("fail")).toMatchObject({
      outcome: "fail",
      evidence: expect.stringContaining("failed calling webhook"),
      mend: "kubectl --namespace spark-operator rollout restart deployment spark-operator-webhook",
    });
    const server = await startAdmissionServer();
    try {
      await make(webhookFor({ url: server.url, caBundle: server.caBundle }));
      expect(await eventually("ok")).toMatchObject({
        outcome: "ok",
        evidence: "spark-operator-webhook took a create on trial",
      });
      server.deny("quota of the team is used up");
      expect(await check("webhook")).toMatchObject({
        outcome: "fail",
        evidence: expect.stringContaining("quota of the team is used up"),
      });
    } finally {
      await server.close();
    }
  });

  test("webhook: its trial leaves nothing behind", async () => {
    await check("webhook");
    const ref = { apiVersion: "sparkoperator.k8s.io/v1beta2", kind: "SparkApplication" };
    const { items }: { items: readonly unknown[] } = await client.json({ path: pathOf(ref) });
    expect(items).toEqual([]);
  });

  const account = (name: string, annotations?: Record<string, string>): KubeObject => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace: "default", ...(annotations && { annotations }) },
  });

  test("rights: what a user without any may not do is listed", async () => {
    expect(await check("rights")).toMatchObject({ outcome: "ok" });
    await make(account("nobody"));
    const { status }: { status: { token: string } } = await client.json({
      method: "POST",
      path: "/api/v1/namespaces/default/serviceaccounts/nobody/token",
      body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} },
    });
    const file = join(cwd, "kubeconfig");
    const cluster = { server: plane.server, "insecure-skip-tls-verify": true };
    writeFileSync(
      file,
      stringify({
        "current-context": "nobody",
        contexts: [{ name: "nobody", context: { cluster: "c", user: "nobody" } }],
        clusters: [{ name: "c", cluster }],
        users: [{ name: "nobody", user: { token: status.token } }],
      }),
    );
    const { checks } = await doctor({ KUBECONFIG: file }, only("rights", "operator", "account"));
    expect(checks.rights).toMatchObject({
      outcome: "fail",
      evidence: expect.stringMatching(
        /^you may not: get sparkapplications, .*get pods\/log.*patch rolebindings$/,
      ),
    });
    // Not being allowed to look is no proof that it is missing.
    expect(checks.operator).toMatchObject({
      outcome: "warn",
      evidence: expect.stringContaining('cannot list resource "deployments"'),
    });
  });

  test("account: to be made, missing, without rights, with all of them", async () => {
    const bring = "--no-create-service-account";
    expect(await check("account")).toMatchObject({
      outcome: "ok",
      evidence: "default/beamline-spark is not there yet; deploy makes it, with its rights",
    });
    expect(await check("account", bring)).toMatchObject({ outcome: "fail" });
    await make(account("beamline-spark"));
    expect(await check("account", bring)).toMatchObject({
      outcome: "warn",
      evidence: expect.stringContaining("may not: get pods, list pods"),
    });
    for (const object of supportObjects("default", defaultSettings, {})) await make(object);
    expect(await check("account", bring)).toMatchObject({
      outcome: "ok",
      evidence: "default/beamline-spark may do all 32 things that a driver does",
    });
  });

  test("identity: irsa needs a role, planned or there", async () => {
    const arn = "arn:aws:iam::123456789012:role/words";
    expect(await check("identity")).toMatchObject({
      outcome: "fail",
      evidence: expect.stringContaining("default/beamline-spark names no IAM role"),
    });
    expect(await check("identity", "--role-arn", arn)).toMatchObject({ outcome: "ok" });
    await make(account("beamline-spark", { "eks.amazonaws.com/role-arn": arn }));
    expect(await check("identity")).toMatchObject({
      outcome: "ok",
      evidence: `default/beamline-spark takes ${arn} (hadoop-aws 3.3.4 knows it)`,
    });
  });

  test("identity: Pod Identity is held against the image's hadoop-aws", async () => {
    expect(await check("identity", "--identity", "pod-identity")).toMatchObject({
      outcome: "fail",
      evidence: expect.stringContaining("1.12.262) knows no Pod Identity"),
    });
    const v2 = ["--hadoop-version", "3.4.1", "--aws-sdk-version", "2.24.6"];
    expect(await check("identity", "--identity", "pod-identity", ...v2)).toMatchObject({
      outcome: "skipped",
      evidence: expect.stringContaining("--cluster names it"),
    });
  });

  const secret = (name: string, keys: readonly string[]): KubeObject => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: "default" },
    ...{ data: Object.fromEntries(keys.map((key) => [key, "eA=="])) },
  });

  test("identity: a Secret has to have both keys", async () => {
    const flags = ["--identity", "secret", "--aws-secret", "keys"];
    expect(await check("identity", ...flags)).toMatchObject({
      outcome: "fail",
      evidence: "there is no Secret default/keys",
    });
    await make(secret("keys", ["AWS_ACCESS_KEY_ID"]));
    expect(await check("identity", ...flags)).toMatchObject({
      outcome: "fail",
      evidence: "the Secret default/keys lacks AWS_SECRET_ACCESS_KEY",
    });
    await make(secret("keys", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]));
    expect(await check("identity", ...flags)).toMatchObject({ outcome: "ok" });
  });

  test("pull-secrets: those that are named have to be there", async () => {
    expect(await check("pull-secrets")).toMatchObject({ outcome: "ok" });
    await make(secret("one", []));
    const flags = ["--image-pull-secret", "one", "--image-pull-secret", "two"];
    expect(await check("pull-secrets", ...flags)).toMatchObject({
      outcome: "fail",
      evidence: "default has no Secret two",
    });
    expect(await check("pull-secrets", ...flags.slice(0, 2))).toMatchObject({ outcome: "ok" });
  });

  const quota: KubeObject = {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "team", namespace: "default" },
    ...{ spec: { hard: { "requests.cpu": "4", "limits.memory": "64Gi" } } },
  };

  test("quota: leaves room or not, by what is used", async () => {
    expect(await check("quota")).toMatchObject({ evidence: "default has no quota" });
    const hard = { "requests.cpu": "8", "limits.memory": "64Gi" };
    await make(quota, { hard, used: { "requests.cpu": "2", "limits.memory": "1Gi" } });
    expect(await check("quota")).toMatchObject({ outcome: "ok", evidence: "team" });
    expect(await check("quota", "--executors", "4")).toMatchObject({
      outcome: "fail",
      evidence: "team leaves 6 of requests.cpu, and 9 is wanted",
    });
    expect(await check("quota", "--executor-memory", "40g")).toMatchObject({
      outcome: "fail",
      evidence: expect.stringMatching(/^team leaves 63 GiB of limits\.memory, and .* is wanted$/),
    });
  });

  const node = (name: string, labels: Record<string, string>) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels },
  });
  const size = (cpu: string, memory: string, architecture = "amd64") => ({
    allocatable: { cpu, memory, pods: "110" },
    capacity: { cpu, memory, pods: "110" },
    conditions: [{ type: "Ready", status: "True" }],
    nodeInfo: { ...NODE_INFO, architecture },
  });

  test("capacity: too small, too full, just right, and placed by labels and taints", async () => {
    expect(await check("capacity")).toMatchObject({
      outcome: "fail",
      evidence: expect.stringContaining("no node may run the driver"),
    });
    await makeNode(node("a", {}), size("4", "8Gi"));
    expect(await check("capacity", "--executor-cores", "8")).toMatchObject({
      outcome: "fail",
      evidence: expect.stringMatching(
        /no node is large enough for the executor: it wants 8 cores and .*the most is 4 cores, 8 GiB/,
      ),
    });
    expect(await check("capacity")).toMatchObject({
      outcome: "warn",
      evidence: expect.stringContaining("there is room for 0 of 2 executors"),
    });
    await makeNode(node("b", {}), size("8", "32Gi"));
    expect(await check("capacity")).toMatchObject({
      outcome: "ok",
      evidence: expect.stringMatching(
        /^1 driver of 1 cores and .*2 executors of 2 cores .* 2 nodes$/,
      ),
    });
    expect(await check("capacity", "--node-selector", "pool=spark")).toMatchObject({
      outcome: "fail",
      evidence: expect.stringContaining("no node may run the executor"),
    });
    const taint = { key: "team", value: "spark", effect: "NoSchedule" };
    await makeNode(node("c", { pool: "spark" }), size("16", "64Gi"), [taint]);
    const placed = ["--node-selector", "pool=spark"];
    expect(await check("capacity", ...placed)).toMatchObject({ outcome: "fail" });
    expect(await check("capacity", ...placed, "--toleration", "team=spark")).toMatchObject({
      outcome: "ok",
    });
  });

  test("capacity: where nodes come by themselves, a missing one is a warning", async () => {
    await makeNode(node("a", { "karpenter.sh/nodepool": "default" }), size("2", "4Gi"));
    const large = ["--executor-cores", "8"];
    expect(await check("capacity", ...large)).toMatchObject({
      outcome: "warn",
      evidence: expect.stringContaining("nodes come by themselves here (a is one)"),
    });
  });

  describeRegistry("image", () => {
    let registry: Registry;
    beforeAll(async () => {
      registry = await startRegistry();
    });
    afterAll(() => registry?.stop());

    test("is held against the architectures of the nodes that may run it", async () => {
      const image = await pushEmptyImage(registry.host, "words", ["amd64"]);
      const flags = ["--image", image];
      await makeNode(node("arm", { "kubernetes.io/arch": "arm64" }), size("8", "32Gi", "arm64"));
      expect(await check("image", ...flags)).toMatchObject({
        outcome: "fail",
        evidence: expect.stringContaining(
          "it is there for linux/amd64; nodes that may run it are linux/arm64: it would not start",
        ),
      });
      await makeNode(node("amd", { "kubernetes.io/arch": "amd64" }), size("8", "32Gi"));
      expect(await check("image", ...flags)).toMatchObject({
        outcome: "warn",
        mend: expect.stringContaining("--node-selector kubernetes.io/arch=amd64"),
      });
      const amd64 = ["--node-selector", "kubernetes.io/arch=amd64"];
      expect(await check("image", ...flags, ...amd64)).toMatchObject({ outcome: "ok" });
      expect(await check("image", ...flags, "--profile", "graviton")).toMatchObject({
        outcome: "fail",
      });
      const both = await pushEmptyImage(registry.host, "both", ["amd64", "arm64"]);
      expect(await check("image", "--image", both)).toMatchObject({ outcome: "ok" });
    });

    test("is missing, or its registry is", async () => {
      expect(await check("image", "--image", `${registry.host}/none:v1`)).toMatchObject({
        outcome: "fail",
        mend: expect.stringContaining("beamline image FILE"),
      });
      const { code, checks } = await doctor(env, [...only("image"), "--image", "127.0.0.1:1/a:v1"]);
      expect([code, checks.image?.outcome]).toEqual([3, "fail"]);
      expect(checks.image?.evidence).toContain("127.0.0.1:1 could not be reached");
    });

    test("that deploy is to make is held against its base, the registry and the nodes", async () => {
      const base = await pushEmptyImage(registry.host, "base", ["amd64"]);
      await makeNode(node("amd", { "kubernetes.io/arch": "amd64" }), size("8", "32Gi"));
      const image = `${registry.host}/new`;
      expect(await check("image", "--image", image, "--base", base)).toMatchObject({
        outcome: "fail",
        evidence: expect.stringContaining("is there for linux/amd64, and not for linux/arm64"),
        mend: expect.stringContaining("--platform linux/amd64"),
      });
      const amd64 = ["--base", base, "--platform", "linux/amd64"];
      expect(await check("image", "--image", image, ...amd64)).toMatchObject({
        outcome: "ok",
        evidence: `deploy can make it and push it to ${image} for linux/amd64; nodes that may run it are linux/amd64`,
      });
      expect(await check("image", "--image", "127.0.0.1:1/new", ...amd64)).toMatchObject({
        outcome: "fail",
        evidence: expect.stringContaining("127.0.0.1:1 could not be reached"),
      });
    });
  });

  test("prints a line for each check, what mends it, and a count", async () => {
    const argv = ["doctor", ...only("cluster", "namespace"), "-n", "jobs"];
    const { code, stdout, stderr } = await runCli(argv, { cwd, env });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^ok {4}cluster {4}Kubernetes v1/);
    expect(stdout).toContain("FAIL  namespace  there is no namespace jobs\n");
    expect(stdout).toContain("mend: kubectl create namespace jobs");
    expect(stderr).toContain("1 of 2 checks failed");
  });

  test("last of all: without its definitions the operator's kinds are told missing", async () => {
    await deleteObject(client, {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      name: "sparkapplications.sparkoperator.k8s.io",
    });
    // It goes when its objects have.
    expect(await eventually("fail", "crd")).toMatchObject({
      outcome: "fail",
      evidence: "sparkoperator.k8s.io/v1beta2 SparkApplication is not defined",
    });
  });
});

const NODE_INFO = {
  machineID: "",
  systemUUID: "",
  bootID: "",
  kernelVersion: "",
  osImage: "",
  containerRuntimeVersion: "",
  kubeletVersion: "",
  kubeProxyVersion: "",
  operatingSystem: "linux",
};

const minio = findMinio();

describe.skipIf(minio === undefined)("beamline doctor on a real S3", () => {
  let server: Minio;
  let root: S3Client;
  beforeAll(async () => {
    server = await startMinio(minio ?? "");
    const { endpoint, credentials } = server;
    root = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
    await root.send(new CreateBucketCommand({ Bucket: "acme" }));
    // The SDK looks there, as AWS's own tools do.
    process.env.AWS_REGION = "us-east-1";
  });
  afterAll(async () => {
    root?.destroy();
    await server?.stop();
  });

  const as = (keys: { readonly accessKeyId: string; readonly secretAccessKey: string }) => {
    process.env.AWS_ACCESS_KEY_ID = keys.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = keys.secretAccessKey;
  };
  const check = async (id: string, ...argv: readonly string[]) => {
    const flags = [...only(id), "--bucket", "acme", "--prefix", "beamline", ...argv];
    const env = { KUBECONFIG: join(cwd, "none") };
    return (await doctor(env, [...flags, "--s3-endpoint", server.endpoint])).checks[id];
  };
  const keysIn = async (prefix: string) => {
    const list = new ListObjectsV2Command({ Bucket: "acme", Prefix: prefix });
    return ((await root.send(list)).Contents ?? []).map(({ Key }) => Key);
  };

  test("bucket: permitted, and nothing is left there", async () => {
    as(server.credentials);
    expect(await check("bucket")).toMatchObject({
      outcome: "ok",
      evidence: "put, list, get and delete in s3://acme/beamline/",
    });
    expect(await keysIn("beamline/")).toEqual([]);
  });

  test("bucket: what is denied is named, with the policy that permits it", async () => {
    const keys = await createMinioUser(
      { endpoint: server.endpoint, ...server.credentials },
      "reader",
      [
        {
          Effect: "Allow",
          Action: ["s3:GetObject", "s3:PutObject"],
          Resource: ["arn:aws:s3:::acme/*"],
        },
      ],
    );
    as(keys);
    expect(await check("bucket")).toMatchObject({
      outcome: "fail",
      evidence: expect.stringContaining("you may not list and delete in s3://acme/beamline/"),
      mend: expect.stringContaining("beamline iam --bucket acme --prefix beamline --part deployer"),
    });
  });

  test("bucket: a wrong secret, a bucket that is not there, and an S3 that does not answer", async () => {
    as({ ...server.credentials, secretAccessKey: "wrong" });
    expect(await check("bucket")).toMatchObject({
      outcome: "fail",
      evidence: expect.stringContaining("AWS refuses the credentials"),
    });
    as(server.credentials);
    expect(await check("bucket", "--bucket", "acme-two")).toMatchObject({
      outcome: "fail",
      evidence: expect.stringContaining("there is no such bucket"),
    });
  });

  test("event-log: is made when it is missing", async () => {
    as(server.credentials);
    const url = "s3a://acme/beamline/spark-events/";
    expect(await check("event-log")).toMatchObject({
      outcome: "ok",
      evidence: `${url} was not there and has been made`,
    });
    expect(await keysIn("beamline/spark-events")).toEqual(["beamline/spark-events/"]);
    expect(await check("event-log")).toMatchObject({ evidence: `${url} is there` });
    expect(await check("event-log", "--event-log", "none")).toMatchObject({ outcome: "skipped" });
    expect(await check("event-log", "--event-log", "hdfs://x")).toMatchObject({ outcome: "fail" });
  });
});

test("doctor lists its checks, and tells the one that was meant", async () => {
  const { stdout } = await runCli(["doctor", "--list"], { cwd, env: {} });
  expect(stdout).toContain("webhook");
  const wrong = await runCli(["doctor", "--only", "webhok"], { cwd, env: {} });
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain("no such check; did you mean webhook?");
});
