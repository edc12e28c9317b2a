import { afterAll, beforeAll, expect, test } from "vitest";
import { createMinioUser } from "../../support/minio-user.js";
import { untilSlow } from "../support/applications.js";
import { gate } from "../support/gate.js";
import { busyExecutors } from "../support/spark-ui.js";
import { testCluster } from "../support/test-cluster.js";
import { createSecret, openWorkbench, type Workbench } from "../support/workbench.js";

const SLOW_SUMS = "test/kubernetes/pods/pipelines/slow-sums.ts";
const HOG = "test/kubernetes/pods/pipelines/hog.ts";
const SUMS = Array.from({ length: 10 }, (_, digit) => `${digit}: ${7800 + 40 * digit}`);
const SLOW = ["--millis", "50"];
/** What breaks is one application; the rest of this file must not wait for it. Turns count. */
const LONG_MS = 1_800_000;

interface Ended {
  readonly code: number | null;
  /** What stderr says, on one line. */
  readonly said: string;
}

const cluster = testCluster();
let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench(cluster, "faults");
});
afterAll(() => bench?.close());

/** Three at a time: each is a driver, and some an executor or two. */
const free = gate(3);

/** Deploys and stays with the application, whose results go to its own folder of the bucket. */
function deploy(file: string, app: string, ...more: readonly string[]): Promise<Ended> {
  return run(app, [...bench.deployArguments(file, app), ...more]);
}

async function run(app: string, args: readonly string[]): Promise<Ended> {
  const output = ["--output", `s3://${bench.bucket}/${app}/out`];
  const { code, stderr } = await bench.beamline([...args, ...output]);
  return { code, said: stderr.replace(/\s+/g, " ") };
}

/** Waits until executors are in the middle of the job, and names one. */
async function busyExecutor(app: string): Promise<string> {
  let found: string | undefined;
  await untilSlow(`${app} to be at work`, async () => {
    [found] = await busyExecutors(cluster, app);
    return found !== undefined;
  });
  return found ?? "";
}

/** What `app show` finds first. */
async function finding(app: string): Promise<unknown> {
  return JSON.parse(await bench.ask(["app", "show", app, "--json"])).findings[0]?.id;
}

function kill(...selector: readonly string[]): Promise<string> {
  return cluster.kubectl("delete", "pods", ...selector, "--grace-period=0", "--force");
}

/** A test of an application of its own, which is removed in the end. */
function fault(what: string, app: string, act: (app: string) => Promise<void>): void {
  test.concurrent(
    what,
    () =>
      free(async () => {
        try {
          await act(app);
        } finally {
          await bench.ask(["app", "delete", app]);
        }
      }),
    LONG_MS,
  );
}

fault(
  "a job whose executor is killed in the middle of it gives the right result",
  "loses-executor",
  async (app) => {
    const deployed = deploy(SLOW_SUMS, app, ...SLOW, "--executors", "2");
    const executor = await busyExecutor(app);
    await kill("-l", `sparkoperator.k8s.io/app-name=${app},spark-exec-id=${executor}`);
    const { code, said } = await deployed;
    expect(code, said).toBe(0);
    expect(await bench.lines(`${app}/out`)).toEqual(SUMS);
    const log = await cluster.kubectl("logs", `${app}-driver`);
    expect(log).toContain(`Lost executor ${executor}`);
  },
);

fault(
  "a job whose driver is killed runs again, and gives the right result",
  "loses-driver",
  async (app) => {
    const again = ["--restart", "OnFailure", "--retries", "1"];
    const soon = ["--set", "spec.restartPolicy.onFailureRetryInterval=1"];
    const deployed = deploy(SLOW_SUMS, app, ...SLOW, ...again, ...soon);
    await busyExecutor(app);
    await kill(`${app}-driver`);
    const { code, said } = await deployed;
    expect(code, said).toBe(0);
    expect(said).toContain("about to be tried again");
    expect(await bench.lines(`${app}/out`)).toEqual(SUMS);
  },
);

fault("an image for another processor is named as the reason", "wrong-machine", async (app) => {
  const args = bench.deployArguments(SLOW_SUMS, app, "linux/arm64");
  const { code, said } = await run(app, args);
  expect(code, said).toBe(3);
  expect(said).toMatch(/was not made for the processor of the node that the pod is on/);
  expect(said).toMatch(/mend beamline deploy .* --platform linux\/amd64/);
  expect(await finding(app)).toBe("image-platform");
});

fault(
  "a key that may not write is named as the reason, with what to allow",
  "denied",
  async (app) => {
    const bucket = `arn:aws:s3:::${bench.bucket}`;
    const keys = await createMinioUser(cluster.s3, "reader", [
      { Effect: "Allow", Action: ["s3:*"], Resource: [bucket, `${bucket}/*`] },
      { Effect: "Deny", Action: ["s3:PutObject"], Resource: [`${bucket}/${app}/*`] },
    ]);
    await createSecret(cluster, "reader", keys);
    const { code, said } = await deploy(SLOW_SUMS, app, "--aws-secret", "reader");
    expect(code, said).toBe(1);
    expect(said).toMatch(/Cannot write "s3:\/\/faults\/denied\/.*": access is denied/);
    expect(said).toContain(`allow s3:PutObject on ${bucket}/${app}/`);
    expect(await bench.lines(`${app}/out`)).toEqual([]);
  },
);

fault("too little memory is named as the reason, with how to give more", "hog", async (app) => {
  const { code, said } = await deploy(HOG, app, "--spark-conf", "spark.task.maxFailures=1");
  expect(code, said).toBe(3);
  expect(said).toMatch(/Cause: an executor used more than its pod may have \(.*OOMKilled/);
  expect(said).toMatch(/mend beamline deploy .* --set spec\.executor\.memoryOverhead=\d+/);
  expect(await finding(app)).toBe("executor-out-of-memory");
});

test("a namespace that the operator does not watch is named as the reason", async () => {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "elsewhere" } };
  await cluster.apply("namespaces", namespace);
  const here = ["--namespace", "elsewhere"];
  const { code, said } = await deploy(SLOW_SUMS, "unseen", ...here, "--patience", "1s");
  expect(code, said).toBe(3);
  expect(said).toContain("Cause: no Spark operator has touched the application");
  expect(said).toContain("or it does not watch the namespace elsewhere");
  expect(said).toContain("spark.jobNamespaces={default,elsewhere}");
  expect(said).toMatch(/mend .*or deploy into a namespace that it watches: --namespace default/);
  await bench.ask(["app", "delete", "unseen", ...here]);
});
