import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMinioUser } from "../../support/minio-user.js";
import { untilSlow } from "../support/applications.js";
import { refusingRegistry } from "../support/refusing-registry.js";
import { stubOfResultTask } from "../support/stub-class.js";
import { testCluster } from "../support/test-cluster.js";
import { createSecret, openWorkbench, type Workbench } from "../support/workbench.js";

/** Every known failure of packages/cli/src/doctor/diagnosis, provoked for real. */

const PIPELINE = "test/kubernetes/pods/pipelines/misbehaves.ts";
const BUCKET = "diagnosis";
const NOWHERE = `sha256:${"0".repeat(64)}`;

const cluster = testCluster();
let bench: Workbench;
let folder: string;
/** The image that all applications here run unless their failure is one of the image. */
let image: string;

beforeAll(async () => {
  bench = await openWorkbench(cluster, BUCKET);
  folder = mkdtempSync(join(tmpdir(), "beamline-diagnosis-"));
  image = await makeImage(["--platform", "linux/amd64"]);
});

afterAll(() => {
  bench?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function makeImage(more: readonly string[], how = "well", repository = how): Promise<string> {
  const { code, stdout, stderr } = await bench.beamline([
    ...["image", PIPELINE, "--output", `s3://${BUCKET}/out/${how}`, "--how", how],
    ...["--image", `${cluster.registry}/${BUCKET}-${repository}`, "--base", cluster.spark, ...more],
  ]);
  expect(code, stderr).toBe(0);
  return stdout.trim();
}

interface Provocation {
  /** Of a row of the table. */
  readonly id: string;
  /** Tells several of one row apart. */
  readonly name?: string;
  readonly how?: string;
  /** Default: a Secret with keys that may use the bucket. */
  readonly identity?: readonly string[];
  readonly args?: readonly string[] | (() => Promise<readonly string[]>);
  /** Done to the application once it is there. */
  readonly once?: (app: string) => Promise<void>;
  /** Part of the cause in words. */
  readonly cause: RegExp;
}

const secret = ["--identity", "secret", "--aws-secret", BUCKET];
const set = (...values: readonly string[]) => values.flatMap((value) => ["--set", value]);

const PROVOCATIONS: readonly Provocation[] = [
  {
    id: "image-not-found",
    args: async () => ["--image", `${cluster.registry}/none@${NOWHERE}`],
    cause: /there is no image .*none@sha256/,
  },
  {
    id: "image-platform",
    args: async () => ["--image", await makeImage(["--platform", "linux/arm64"])],
    cause: /not made for the processor/,
  },
  {
    id: "image-denied",
    args: async () => ["--image", `${await refusingRegistry(folder)}/some@${NOWHERE}`],
    cause: /the nodes may not pull/,
  },
  {
    id: "image-pull",
    args: ["--image", `127.0.0.1:9/some@${NOWHERE}`],
    cause: /the node cannot pull/,
  },
  {
    id: "not-our-image",
    args: async () => [
      "--image",
      `${cluster.spark.replace(/:[^/:]*$/, "")}@${await digestOf(cluster.spark)}`,
    ],
    cause: /has no \/opt\/beamline/,
  },
  {
    id: "unschedulable",
    args: set("spec.driver.coreRequest=900"),
    cause: /no node can take the driver: .*Insufficient cpu/,
  },
  {
    id: "no-such-bucket",
    args: ["--event-log", "s3a://no-such-bucket-here/events/"],
    cause: /there is no bucket no-such-bucket-here/,
  },
  {
    id: "access-denied",
    args: async () => {
      const { s3 } = cluster;
      const user = await createMinioUser(s3, "may-nothing", [
        { Effect: "Allow", Action: ["s3:ListAllMyBuckets"], Resource: ["arn:aws:s3:::*"] },
      ]);
      await createSecret(cluster, "may-nothing", user);
      return ["--aws-secret", "may-nothing"];
    },
    cause: /S3 refuses s3a:\/\/diagnosis/,
  },
  {
    id: "no-credentials",
    identity: ["--identity", "irsa"],
    cause: /is bound to no role/,
  },
  {
    id: "event-log-folder",
    args: async () => {
      await bench.s3.send(new CreateBucketCommand({ Bucket: "without-folder" }));
      return ["--event-log", "s3a://without-folder/events/"];
    },
    cause: /s3a:\/\/without-folder\/events.* is none/,
  },
  {
    id: "service-account",
    args: ["--service-account", "nobody", "--no-create-service-account"],
    cause: /no service account .*nobody/,
  },
  {
    id: "no-filesystem",
    args: async () => [
      "--image",
      await makeImage(["--platform", "linux/amd64", "--no-s3a"], "well", "bare"),
    ],
    cause: /the image lacks hadoop-aws/,
  },
  {
    id: "class-not-found",
    args: set("spec.mainClass=com.example.Missing"),
    cause: /com\.example\.Missing is not in the image/,
  },
  {
    id: "submission-refused",
    args: ["--spark-conf", "spark.kubernetes.driver.podTemplateFile=/nowhere/template.yaml"],
    cause: /Spark refused to start the driver/,
  },
  {
    id: "driver-exit",
    args: ["--spark-conf", "spark.driver.maxResultSize=much"],
    cause: /^the driver failed: /,
  },
  {
    id: "process-died",
    args: ["--spark-conf", "spark.executorEnv.BEAMLINE_NODE=/nowhere/node"],
    cause: /exit code|no Node/,
  },
  {
    id: "invalid-class",
    args: async () => ["--patch", await stubOfResultTask(cluster, folder)],
    cause: /different releases of Spark .*ResultTask/,
  },
  {
    id: "driver-out-of-memory",
    args: set(
      "spec.driver.memoryOverhead=16m",
      "spec.driver.javaOptions=-Xms512m -XX:+AlwaysPreTouch",
    ),
    cause: /the driver used more memory/,
  },
  {
    id: "executor-out-of-memory",
    how: "buffers",
    args: set("spec.executor.memoryOverhead=300m"),
    cause: /an executor used more than its pod may have/,
  },
  {
    id: "java-heap",
    how: "rows",
    args: set("spec.executor.memoryOverhead=2g"),
    cause: /Java's own memory was too small/,
  },
  {
    id: "node-heap",
    how: "objects",
    args: set("spec.executor.memoryOverhead=2g"),
    cause: /limit of its heap/,
  },
  {
    id: "driver-killed",
    how: "slowly",
    once: async (app) => {
      await running(app);
      await cluster.kubectl("delete", "pod", `${app}-driver`, "--grace-period=1");
    },
    cause: /driver/,
  },
  {
    id: "executors-lost",
    how: "slowly",
    args: ["--spark-conf", "spark.executor.maxNumFailures=1"],
    once: async (app) => {
      const selector = `sparkoperator.k8s.io/app-name=${app},spark-role=executor`;
      const field = "--field-selector=status.phase=Running";
      // One may be lost; the second is one too many.
      for (let lost = 0; lost < 2; lost++) {
        await running(app);
        const pods = await cluster.kubectl("get", "pods", "-l", selector, field, "-o", "name");
        const [pod = ""] = pods.split("\n");
        await cluster.kubectl("exec", pod, "--", "pkill", "-9", "java");
        await untilSlow(`${pod} to end`, async () => {
          const phase = ["-o", "jsonpath={.status.phase}"];
          return (await cluster.kubectl("get", pod, ...phase)) !== "Running";
        });
      }
    },
    cause: /executor/,
  },
  {
    id: "evicted",
    how: "slowly",
    once: async (app) => {
      await running(app);
      const pod = `${app}-driver`;
      const path = `/api/v1/namespaces/${cluster.jobNamespace}/pods/${pod}`;
      // It stays to be seen for a moment, as it does on a node that has much to do.
      await cluster.kubectl(
        "patch",
        "pod",
        pod,
        "--type=merge",
        "-p",
        '{"metadata":{"finalizers":["beamline.dev/test"]}}',
      );
      await cluster.api("POST", `${path}/eviction`, {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { name: pod, namespace: cluster.jobNamespace },
      });
    },
    cause: /was taken off its node/,
  },
];

describe("a failure of the cluster is told by its cause", () => {
  // Three at a time: each is a driver, and some an executor.
  const free = gate(3);

  test.concurrent.each(PROVOCATIONS)(
    "$id",
    async ({ id, name = id, how = "well", identity, args = [], once, cause }) => {
      await free(async () => {
        const own = how === "well" ? image : await makeImage(["--platform", "linux/amd64"], how);
        const more = typeof args === "function" ? await args() : args;
        const { code, stderr } = await bench.beamline([
          ...deployment(name, how, own, identity),
          ...more,
        ]);
        expect(code, stderr).toBe(0);
        try {
          await once?.(name);
          const finding = await untilFound(name, id);
          expect(finding.cause).toMatch(cause);
          expect(finding.quote).not.toBe("");
          expect(finding.mend.length).toBeGreaterThan(0);
        } finally {
          await clear(name);
        }
      });
    },
    // Waiting for one's turn counts.
    45 * 60_000,
  );
});

test("a failed deploy says cause, evidence and what mends it, and fails", async () => {
  const broken = [...deployment("told", "well", image).filter((arg) => arg !== "--detach")];
  const { code, stderr } = await bench.beamline([
    ...broken,
    ...set("spec.mainClass=com.example.Missing"),
  ]);
  expect(code, stderr).toBe(3);
  expect(stderr).toMatch(/^Cause: the class com\.example\.Missing is not in the image/m);
  expect(stderr).toMatch(/^ {2}log of told-driver, 2/m);
  expect(stderr).toMatch(/^ {2}mend {2}beamline image /m);
  expect(stderr).toMatch(
    /^Cannot finish default\/told: it failed: the class com\.example\.Missing/m,
  );
  const doctor = await bench.beamline(["doctor", "told"]);
  expect(doctor.stdout).toContain("the class com.example.Missing is not in the image");
  await clear("told");
});

test("quota: what the namespace does not allow is told", async () => {
  await cluster.kubectl("create", "quota", "small", "--hard=pods=0");
  try {
    await bench.beamline(deployment("quota", "well", image));
    const { cause } = await untilFound("quota", "quota");
    expect(cause).toContain("quota small");
    await clear("quota");
  } finally {
    await cluster.kubectl("delete", "quota", "small");
  }
});

test("stale-driver: a driver that a missing webhook has left is told, and goes with app delete", async () => {
  const { stdout } = await bench.beamline([
    "manifest",
    ...deployment("stale", "well", image)
      .slice(1)
      .filter((arg) => arg !== "--detach"),
  ]);
  writeFileSync(join(folder, "stale.yaml"), stdout);
  const labels = "spark-role=driver,sparkoperator.k8s.io/app-name=stale";
  await cluster.kubectl(
    "run",
    "stale-driver",
    `--image=${image}`,
    `--labels=${labels}`,
    "--restart=Never",
    "--command",
    "--",
    "sleep",
    "600",
  );
  await cluster.kubectl("apply", "-f", join(folder, "stale.yaml"));
  const { cause } = await untilFound("stale", "stale-driver");
  expect(cause).toContain("there is a pod stale-driver already");
  await clear("stale");
});

test("not-watched: an application in a namespace that the operator does not watch is told", async () => {
  await cluster.kubectl("create", "namespace", "elsewhere");
  const { code, stderr } = await bench.beamline([
    ...deployment("unseen", "well", image).filter((arg) => arg !== "--detach"),
    ...["--namespace", "elsewhere"],
  ]);
  expect(code, stderr).toBe(3);
  expect(stderr).toMatch(
    /Cause: no Spark operator has touched the application: .* namespace elsewhere/s,
  );
  expect(stderr).toContain("spark.jobNamespaces={default,elsewhere}");
  await bench.beamline(["app", "delete", "unseen", "--namespace", "elsewhere"]);
  await cluster.kubectl("delete", "namespace", "elsewhere");
});

test("webhook: an operator whose webhook does not answer is waited for, then told", async () => {
  const of = ["deployment/spark-operator-webhook", "--namespace", "spark-operator"];
  await cluster.kubectl("scale", ...of, "--replicas=0");
  try {
    await cluster.kubectl(
      "wait",
      "pods",
      "--for=delete",
      "-l",
      "app.kubernetes.io/component=webhook",
      "--namespace",
      "spark-operator",
      "--timeout=120s",
    );
    const { code, stderr } = await bench.beamline(deployment("hookless", "well", image));
    expect(code, stderr).toBe(3);
    expect(stderr).toContain("waiting for the Spark operator's webhook to come up");
    expect(stderr).toMatch(
      /Cannot apply default\/hookless: the API server cannot reach the webhook/,
    );
  } finally {
    await cluster.kubectl("scale", ...of, "--replicas=1");
    await cluster.kubectl("rollout", "status", ...of, "--timeout=300s");
  }
});

test("no-crd: a cluster without the operator is told", async () => {
  const crd = "customresourcedefinition/sparkapplications.sparkoperator.k8s.io";
  const saved = JSON.parse(await cluster.kubectl("get", crd, "-o", "json"));
  await cluster.kubectl("delete", crd);
  try {
    const { code, stderr } = await bench.beamline(deployment("typeless", "well", image));
    expect(code, stderr).toBe(3);
    expect(stderr).toMatch(/the cluster has no Spark operator/);
  } finally {
    const { apiVersion, kind, metadata, spec } = saved;
    const file = join(folder, "crd.json");
    const { name, annotations, labels } = metadata;
    writeFileSync(
      file,
      JSON.stringify({ apiVersion, kind, metadata: { name, annotations, labels }, spec }),
    );
    await cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", file);
    await untilSlow("the operator's types", async () => {
      return (await cluster.kubectl("get", "sparkapplications", "-o", "name")) !== undefined;
    });
  }
});

function deployment(
  name: string,
  how: string,
  reference: string,
  identity: readonly string[] = secret,
): string[] {
  return [
    ...["deploy", PIPELINE, "--name", name, "--output", `s3://${BUCKET}/out/${how}`, "--how", how],
    ...[
      "--bucket",
      BUCKET,
      "--image",
      reference,
      ...identity,
      "--executors",
      "1",
      "--executor-cores",
      "1",
    ],
    ...["--driver-memory", "512m", "--executor-memory", "512m", "--harness-heap", "128"],
    ...set("spec.driver.coreRequest=100m", "spec.executor.coreRequest=100m"),
    ...["--no-create-service-account", "--service-account", cluster.serviceAccount, "--detach"],
  ];
}

interface Found {
  readonly id: string;
  readonly cause: string;
  readonly quote: string;
  readonly mend: readonly string[];
}

/** Asks until the cluster has said enough; the first finding counts. */
async function untilFound(name: string, id: string): Promise<Found> {
  let found: readonly Found[] = [];
  let state = "";
  await untilSlow(`${id} of ${name}`, async () => {
    const { stdout } = await bench.beamline(["app", "show", name, "--json"]);
    ({ findings: found, state } = JSON.parse(stdout));
    if (["FAILED", "COMPLETED"].includes(state) && found[0]?.id !== id) {
      // It has ended, and nothing more will be said.
      return true;
    }
    return found[0]?.id === id;
  });
  const [first] = found;
  if (first?.id !== id) {
    const logs = await bench.beamline(["app", "logs", name, "--raw", "--tail", "30"]);
    throw new Error(
      `${name} is ${state}, and this is found: ${JSON.stringify(found, undefined, 2)}\n${logs.stdout}`,
    );
  }
  return first;
}

/** Waits until an executor is at work. */
async function running(name: string): Promise<void> {
  await untilSlow(`${name} to run`, async () => {
    const pods = await cluster.kubectl(
      "get",
      "pods",
      "-l",
      `sparkoperator.k8s.io/app-name=${name},spark-role=executor`,
      "--field-selector=status.phase=Running",
      "-o",
      "name",
    );
    return pods !== "";
  });
}

async function clear(name: string): Promise<void> {
  await cluster
    .kubectl(
      "patch",
      "pod",
      `${name}-driver`,
      "--type=merge",
      "-p",
      '{"metadata":{"finalizers":null}}',
    )
    .catch(() => undefined);
  await bench.beamline(["app", "delete", name]);
}

async function digestOf(reference: string): Promise<string> {
  const [, repository = "", tag = ""] = /^[^/]+\/(.*):([^:]*)$/.exec(reference) ?? [];
  const url = `http://${cluster.registry}/v2/${repository}/manifests/${tag}`;
  const accept =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";
  const response = await fetch(url, { headers: { accept } });
  return response.headers.get("docker-content-digest") ?? "";
}

/** Lets so many through at a time. */
function gate(most: number) {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async (act: () => Promise<void>): Promise<void> => {
    if (busy >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    busy++;
    try {
      await act();
    } finally {
      busy--;
      waiting.shift()?.();
    }
  };
}
