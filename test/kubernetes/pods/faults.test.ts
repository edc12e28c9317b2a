import { afterAll, beforeAll, expect, test } from "vitest";
import { untilSlow } from "../support/applications.js";
import { testCluster } from "../support/test-cluster.js";
import { openWorkbench, type Workbench } from "../support/workbench.js";

const PIPELINE = "test/kubernetes/pods/pipelines/slow-sums.ts";
const SUMS = Array.from({ length: 10 }, (_, digit) => `${digit}: ${7800 + 40 * digit}`);

const cluster = testCluster();
let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench(cluster, "faults");
});
afterAll(() => bench?.close());

test("plain", async () => {
  const out = await bench.beamline([
    ...bench.deployArguments(PIPELINE, "plain"),
    ...["--output", "s3://faults/plain/sums", "--millis", "20"],
  ]);
  console.log(out);
  expect(await bench.lines("plain/")).toEqual(SUMS);
  void untilSlow;
});
