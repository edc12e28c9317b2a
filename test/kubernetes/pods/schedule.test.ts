import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { untilSlow } from "../support/applications.js";
import { podsOf } from "../support/pods.js";
import { testCluster } from "../support/test-cluster.js";
import { openWorkbench, type Workbench } from "../support/workbench.js";

const SLOW_SUMS = "test/kubernetes/pods/pipelines/slow-sums.ts";
const SUMS = Array.from({ length: 10 }, (_, digit) => `${digit}: ${7800 + 40 * digit}`);
const NAME = "nightly";

const cluster = testCluster();
let bench: Workbench;
let run = "";
beforeAll(async () => {
  bench = await openWorkbench(cluster, "schedule");
});
afterAll(() => bench?.close());

test("deploy --schedule makes a schedule, and app cancel suspends it", async () => {
  const { code, stderr } = await bench.beamline([
    ...bench.deployArguments(SLOW_SUMS, NAME),
    ...["--output", `s3://${bench.bucket}/out/sums`, "--schedule", "@every 1s"],
  ]);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/create +ScheduledSparkApplication default\/nightly/);
  expect(stderr).toContain("Its runs: beamline app show nightly");
  await untilSlow("its first run", async () => {
    const { runs } = JSON.parse(await bench.ask(["app", "show", NAME, "--json"]));
    run = runs[0]?.name ?? "";
    return run !== "";
  });
  expect(await bench.ask(["app", "cancel", NAME])).toBe("suspended\n");
  const listed = await bench.ask(["app", "list"]);
  expect(listed).toMatch(/^nightly +slow-sums +suspended \(@every 1s\)/m);
  expect(listed).toMatch(/^nightly-\d+ +slow-sums /m);
});

test("a run of a schedule is watched, and its results are found, as those of any application", async () => {
  const watched = await bench.beamline(["app", "watch", run]);
  expect(watched.code, watched.stderr).toBe(0);
  const results = await bench.beamline(["app", "results", run]);
  expect(results.code, results.stderr).toBe(0);
  expect(results.stdout.trim().split("\n").sort()).toEqual(SUMS);
  expect(await bench.ask(["app", "show", NAME])).toMatch(/nightly-\d+ +slow-sums +completed/);
  const logs = await bench.beamline(["app", "logs", NAME]);
  expect(logs.code).toBe(1);
  expect(logs.stderr).toContain(`it is a schedule; name a run, such as its last one, ${run}`);
});

test("app delete of one run leaves what the schedule needs", async () => {
  const plan = await bench.ask(["app", "delete", run, "--dry-run"]);
  expect(plan).toMatch(/would stay {2}\d artefacts? .*other applications use them/);
  expect(plan).toMatch(/would stay {2}.*ServiceAccount default\/beamline-spark.* needs? them/);
});

test("app delete of a schedule takes its runs and leaves nothing", async () => {
  const deleted = await bench.ask(["app", "delete", NAME, "--results"]);
  expect(deleted).toMatch(/^deleted {2}ScheduledSparkApplication nightly$/m);
  expect(deleted).toMatch(/^deleted {2}SparkApplication nightly-\d+$/m);
  const { KeyCount } = await bench.s3.send(new ListObjectsV2Command({ Bucket: bench.bucket }));
  expect(KeyCount).toBe(0);
  expect(await podsOf(cluster, run)).toEqual([]);
  expect(await bench.ask(["app", "list", "--all"])).not.toContain(NAME);
});
