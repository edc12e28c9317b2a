import { afterAll, beforeAll, expect, test } from "vitest";
import { createMinioUser } from "../../support/minio-user.js";
import { untilSlow } from "../support/applications.js";
import { busyExecutors } from "../support/spark-ui.js";
import { testCluster } from "../support/test-cluster.js";
import { createSecret, openWorkbench, type Workbench } from "../support/workbench.js";

const SLOW_SUMS = "test/kubernetes/pods/pipelines/slow-sums.ts";
const HOG = "test/kubernetes/pods/pipelines/hog.ts";
const SUMS = Array.from({ length: 10 }, (_, digit) => `${digit}: ${7800 + 40 * digit}`);
const SLOW = ["--millis", "100"];
/** What breaks is one application; the rest of this file must not wait for it. */
const LONG_MS = 900_000;

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

function kill(...selector: readonly string[]): Promise<string> {
  return cluster.kubectl("delete", "pods", ...selector, "--grace-period=0", "--force");
}

test(
  "a job whose executor is killed in the middle of it gives the right result",
  async () => {
    const app = "loses-executor";
    const deployed = deploy(SLOW_SUMS, app, ...SLOW);
    const executor = await busyExecutor(app);
    await kill("-l", `sparkoperator.k8s.io/app-name=${app},spark-exec-id=${executor}`);
    const { code, said } = await deployed;
    expect(code, said).toBe(0);
    expect(await bench.lines(`${app}/out`)).toEqual(SUMS);
    const log = await cluster.kubectl("logs", `${app}-driver`);
    expect(log).toContain(`Lost executor ${executor}`);
  },
  LONG_MS,
);

test(
  "a job whose driver is killed runs again, and gives the right result",
  async () => {
    const app = "loses-driver";
    const deployed = deploy(SLOW_SUMS, app, ...SLOW, "--restart", "OnFailure", "--retries", "1");
    await busyExecutor(app);
    await kill(`${app}-driver`);
    const { code, said } = await deployed;
    expect(code, said).toBe(0);
    expect(said).toContain("about to be tried again");
    expect(await bench.lines(`${app}/out`)).toEqual(SUMS);
  },
  LONG_MS,
);

test(
  "an image for another processor is named as the reason",
  async () => {
    const args = bench.deployArguments(SLOW_SUMS, "wrong-machine", "linux/arm64");
    const { code, said } = await run("wrong-machine", args);
    expect(code, said).toBe(3);
    expect(said).toMatch(/was not made for the processor of the node that the pod is on/);
    expect(said).toMatch(/mend beamline deploy .* --platform linux\/amd64/);
  },
  LONG_MS,
);

test(
  "a key that may not write is named as the reason, with what to allow",
  async () => {
    const app = "denied";
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
  LONG_MS,
);

test(
  "too little memory is named as the reason, with how to give more",
  async () => {
    const { code, said } = await deploy(HOG, "hog");
    expect(code, said).toBe(3);
    expect(said).toMatch(/Cause: an executor used more than its pod may have \(.*OOMKilled/);
    expect(said).toMatch(/mend beamline deploy .* --set spec\.executor\.memoryOverhead=\d+/);
  },
  LONG_MS,
);

test(
  "a namespace that the operator does not watch is named as the reason",
  async () => {
    await cluster.kubectl("create", "namespace", "elsewhere");
    const { code, said } = await deploy(SLOW_SUMS, "unseen", "--namespace", "elsewhere");
    expect(code, said).toBe(3);
    expect(said).toContain("or it does not watch the namespace elsewhere");
    expect(said).toMatch(/mend .*or deploy into a namespace that it watches: --namespace default/);
  },
  LONG_MS,
);
