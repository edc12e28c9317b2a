import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CheckReport } from "../../../packages/cli/src/doctor/check.js";
import { testCluster } from "../support/test-cluster.js";
import { openWorkbench, type Workbench } from "../support/workbench.js";

const WORDCOUNT = fileURLToPath(new URL("../../../examples/wordcount.ts", import.meta.url));

const cluster = testCluster();
let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench(cluster, "doctor");
});
afterAll(async () => {
  bench?.close();
  await cluster.kubectl("delete", "secret", "doctor", "--namespace", cluster.jobNamespace);
});

/** What fits beside the rest on two cores. */
const small = () => [
  ...["--bucket", bench.bucket, "--identity", "secret", "--aws-secret", bench.secret],
  ...["--image", cluster.spark, "--profile", "dev", "--driver-memory", "512m"],
  ...["--executor-memory", "512m", "--harness-heap", "128"],
  ...["--set", "spec.driver.coreRequest=100m", "--set", "spec.executor.coreRequest=100m"],
];

const doctor = async (...flags: readonly string[]) => {
  const { stdout, stderr, code } = await bench.beamline(["doctor", WORDCOUNT, ...flags, "--json"]);
  if (stdout === "") throw new Error(stderr);
  const { checks }: { checks: readonly CheckReport[] } = JSON.parse(stdout);
  return { code, checks };
};

test("beamline doctor finds nothing in the way on a cluster that is ready", async () => {
  const { code, checks } = await doctor(...small());
  const outcomes = Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome]));
  const { aws, ...others } = outcomes;
  // S3 is not Amazon's here.
  expect(aws).toBe("skipped");
  expect(checks.filter(({ id, outcome }) => id !== "aws" && outcome !== "ok")).toEqual([]);
  expect(Object.keys(others)).toHaveLength(16);
  expect(code).toBe(0);
});

test("beamline doctor names a namespace that the operator does not watch, and no room", async () => {
  const away = await doctor(...small(), "-n", "kube-system", "--only", "job-namespaces");
  expect(away.code).toBe(3);
  expect(away.checks).toMatchObject([
    {
      outcome: "fail",
      evidence: "it watches default and not kube-system: nothing would happen to the application",
    },
  ]);
  const large = await doctor(...small(), "--executor-memory", "64g", "--only", "capacity");
  expect(large.checks).toMatchObject([
    { outcome: "fail", evidence: expect.stringContaining("no node is large enough") },
  ]);
});

test("beamline doctor prints it for people", async () => {
  const { stdout, stderr } = await bench.beamline(["doctor", WORDCOUNT, ...small()]);
  expect(stdout).toMatch(/^ok +cluster +Kubernetes v1/m);
  expect(stderr).toContain("Nothing stands in the way of a deploy (1 not checked)");
});
