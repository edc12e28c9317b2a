import { afterAll, beforeAll, expect, test } from "vitest";
import { createMinioUser } from "../../support/minio-user.js";
import { untilSlow } from "../support/applications.js";
import { busyExecutors } from "../support/spark-ui.js";
import { testCluster } from "../support/test-cluster.js";
import { createSecret, openWorkbench, type Workbench } from "../support/workbench.js";

const SLOW_SUMS = "test/kubernetes/pods/pipelines/slow-sums.ts";
const HOG = "test/kubernetes/pods/pipelines/hog.ts";
const SUMS = Array.from({ length: 10 }, (_, digit) => `${digit}: ${7800 + 40 * digit}`);

const cluster = testCluster();
let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench(cluster, "faults");
});
afterAll(() => bench?.close());

/** Deploys and stays with the application; `output` is where its results go in the bucket. */
function deploy(file: string, app: string, ...more: readonly string[]) {
  const own = ["--output", `s3://${bench.bucket}/${app}/out`, "--progress", "plain"];
  return bench.beamline([...bench.deployArguments(file, app), ...own, ...more]);
}

async function busy(app: string): Promise<readonly string[]> {
  let found: readonly string[] = [];
  await untilSlow(`${app} to be at work`, async () => {
    found = await busyExecutors(cluster, app);
    return found.length > 0;
  });
  return found;
}

test("a job whose executor is killed in the middle of it gives the right result", async () => {
  const deployed = deploy(SLOW_SUMS, "loses-executor", "--millis", "100");
  const [executor] = await busy("loses-executor");
  const labels = `sparkoperator.k8s.io/app-name=loses-executor,spark-exec-id=${executor}`;
  await cluster.kubectl("delete", "pods", "-l", labels, "--grace-period=0", "--force");
  const { code, stderr } = await deployed;
  console.log(stderr);
  expect(code, stderr).toBe(0);
  expect(await bench.lines("loses-executor/out")).toEqual(SUMS);
  expect(await cluster.kubectl("logs", "loses-executor-driver")).toMatch(/Lost executor/);
});

test("a job whose driver is killed runs again, and gives the right result", async () => {
  const deployed = deploy(SLOW_SUMS, "loses-driver", "--millis", "100", "--restart", "OnFailure", "--retries", "1");
  await busy("loses-driver");
  await cluster.kubectl("delete", "pod", "loses-driver-driver", "--grace-period=0", "--force");
  const { code, stderr } = await deployed;
  console.log(stderr);
  expect(code, stderr).toBe(0);
  expect(await bench.lines("loses-driver/out")).toEqual(SUMS);
});

test("an image for another architecture is named as the reason", async () => {
  const args = bench.deployArguments(SLOW_SUMS, "wrong-machine").map((word) => word === "linux/amd64" ? "linux/arm64" : word);
  const { code, stderr } = await bench.beamline([...args, "--output", "s3://faults/wrong-machine/out"]);
  console.log(code, stderr);
});

test("a key that may not write is named as the reason", async () => {
  const everything = [`arn:aws:s3:::${bench.bucket}`, `arn:aws:s3:::${bench.bucket}/*`];
  const keys = await createMinioUser({ ...cluster.s3 }, "reader", [
    { Effect: "Allow", Action: ["s3:*"], Resource: everything },
    { Effect: "Deny", Action: ["s3:PutObject"], Resource: [`arn:aws:s3:::${bench.bucket}/denied/*`] },
  ]);
  await createSecret(cluster, "reader", keys);
  const args = bench.deployArguments(SLOW_SUMS, "denied");
  const { code, stderr } = await bench.beamline([...args, "--aws-secret", "reader", "--output", "s3://faults/denied/out"]);
  console.log(code, stderr);
});

test("too little memory is named as the reason", async () => {
  const { code, stderr } = await deploy(HOG, "hog");
  console.log(code, stderr);
});

test("a namespace that the operator does not watch is named as the reason", async () => {
  await cluster.kubectl("create", "namespace", "elsewhere");
  const { code, stderr } = await deploy(SLOW_SUMS, "unseen", "--namespace", "elsewhere");
  console.log(code, stderr);
});
