import { afterAll, beforeAll, expect, test } from "vitest";
import { untilSlow } from "../support/applications.js";
import { runningExecutor } from "../support/pods.js";
import { testCluster } from "../support/test-cluster.js";
import { openWorkbench, type Workbench } from "../support/workbench.js";

const SLOW_SUMS = "test/kubernetes/pods/pipelines/slow-sums.ts";
const SUMS = Array.from({ length: 10 }, (_, digit) => `${digit}: ${7800 + 40 * digit}`);

const cluster = testCluster();
let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench(cluster, "shapes");
});
afterAll(() => bench?.close());

test("executors that come and go, with a disk of their own and figures for Prometheus", async () => {
  const app = "comes-and-goes";
  const deployed = bench.beamline([
    ...bench.deployArguments(SLOW_SUMS, app),
    ...["--output", `s3://${bench.bucket}/out/sums`, "--millis", "50"],
    ...["--min-executors", "1", "--max-executors", "2", "--local-disk", "empty-dir:1Gi"],
    ...["--prometheus", "--near-driver"],
  ]);
  let disk = "";
  let figures = "";
  await untilSlow("an executor at work", async () => {
    const pod = await runningExecutor(cluster, app);
    if (pod === undefined) return false;
    disk ||= await cluster.kubectl("exec", pod, "--", "df", "--output=target", "/data/spark-local");
    const driver = `/api/v1/namespaces/${cluster.jobNamespace}/pods/${app}-driver:4040/proxy`;
    figures = await cluster.api("GET", `${driver}/metrics/executors/prometheus/`);
    return figures.includes('executor_id="1"');
  });
  expect(disk).toContain("/data/spark-local");
  expect(figures).toContain("metrics_executor_totalTasks_total");
  const { code, stderr } = await deployed;
  expect(code, stderr).toBe(0);
  expect(await bench.lines("out/sums")).toEqual(SUMS);
  await bench.ask(["app", "delete", app, "--results"]);
});
