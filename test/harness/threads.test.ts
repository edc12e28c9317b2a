import { grpcNetwork, type HarnessOptions, runHarness } from "beamline/harness";
import { afterEach, describe, expect, test } from "vitest";
import { fingerprintOf } from "../../packages/beamline/src/code-ref/fingerprint.js";
import { decodeErrorReport } from "../../packages/beamline/src/harness/error-report.js";
import { stepId } from "../../packages/beamline/src/harness/testing/descriptor-of-stage.js";
import {
  type HarnessFixture,
  startHarness,
} from "../../packages/beamline/src/harness/testing/harness-fixture.js";
import { sideInputState } from "../../packages/beamline/src/harness/testing/side-input-state.js";
import { fixtureOf } from "../../packages/beamline/src/harness/testing/stage-fixture.js";
import {
  keepGroupsInState,
  pagesOf,
  stateBackedGroup,
} from "../../packages/beamline/src/harness/testing/state-fixture.js";
import { pipeline } from "./pipelines/troubles.mjs";

const url = new URL("./pipelines/troubles.mjs", import.meta.url).href;

let open: HarnessFixture | undefined;
afterEach(async () => {
  await open?.close();
});

interface StartOptions extends Partial<HarnessOptions> {
  readonly exportName?: string;
  /** Name of the stage and the PCollection that it makes. */
  readonly stage?: readonly [string, string];
}

async function start(options: StartOptions = {}) {
  const { exportName = "pipeline", stage = ["Orders", "Act.out"], ...rest } = options;
  const graph = pipeline.toGraph({});
  open = await startHarness(fixtureOf(graph, ...stage), {
    network: grpcNetwork,
    address: "localhost:0",
    serve: runHarness,
    threads: 2,
    code: {
      kind: "module",
      code: { url, exportName, options: {} },
      fingerprint: fingerprintOf(graph),
    },
    ...rest,
  });
  return open;
}

describe("runHarness with worker threads", () => {
  test("runs bundles in threads of their own, and more bundles than threads", async () => {
    const { begin } = await start();
    const bundles = Array.from({ length: 5 }, begin);
    for (const bundle of bundles) await bundle.send(["thread"]);
    const threads = new Set<unknown>();
    for (const bundle of bundles.reverse()) {
      await bundle.send([], true);
      expect((await bundle.answer).error).toBe("");
      for (const thread of await bundle.outputs()) threads.add(thread);
    }
    expect(threads.size).toBe(2);
    expect(threads).not.toContain("main");
  });

  test("brings what user code logs to the runner, with bundle and transform", async () => {
    const { runner, run } = await start();
    expect(await run(["log"])).toEqual({ outputs: ["logged"] });
    await runner.until(() => runner.logs.length >= 3);
    const of = { instructionId: "i1", transformId: "Act", thread: "lane-0" };
    expect(runner.logs).toMatchObject([
      { severity: 3, message: "a line", ...of },
      { severity: 5, message: "careful", ...of },
      { severity: 6, message: "logged", ...of },
    ]);
  });

  test("reports what user code throws", async () => {
    const { run } = await start();
    const { error = "" } = await run(["throw nothing"]);
    expect(decodeErrorReport(error)).toMatchObject({
      transform: "Act",
      element: "'throw nothing'",
      reason: "RangeError: nothing",
      stack: [expect.stringContaining("troubles.mjs:"), expect.stringContaining("troubles.mjs:")],
    });
  });

  test.each([
    { order: "exit", says: "its worker thread ended with code 3" },
    { order: "crash", says: "nobody caught this" },
  ])(
    "fails the bundles of a thread that dies ($order), and goes on in another",
    async ({ order, says }) => {
      const { begin, run } = await start({ threads: 1 });
      const bystander = begin();
      await bystander.send(["a"]);
      const culprit = begin();
      await culprit.send([order]);
      for (const { answer } of [bystander, culprit]) {
        expect(decodeErrorReport((await answer).error)?.message).toContain(says);
      }
      expect(await run(["a"])).toEqual({ outputs: ["a"] });
    },
  );

  test("carries an element of 20 MB both ways", async () => {
    const { begin } = await start();
    const size = 20 * 2 ** 20;
    const bundle = begin();
    await bundle.send(["y".repeat(size), `large ${size}`], true);
    const lengths = (await bundle.outputs()).map((text) => String(text).length);
    expect(lengths).toEqual([size, size]);
  });

  test("reads iterables backed by state as they are iterated, also when they are lost", async () => {
    const { runner, begin } = await start({ stage: ["Group", "Join.out"] });
    const descriptor = runner.descriptors.get("Group");
    if (descriptor !== undefined) keepGroupsInState(descriptor);
    runner.state.set("tail", pagesOf(["b", "c", "d"], 3));
    const good = begin();
    await good.sendBytes(stateBackedGroup("k", ["a"], "tail"), true);
    expect((await good.answer).error).toBe("");
    expect(await good.outputs()).toEqual(["k: abcd"]);
    const bad = begin();
    await bad.sendBytes(stateBackedGroup("k", ["a"], "gone"), true);
    const report = decodeErrorReport((await bad.answer).error);
    expect(report?.message).toContain("Cannot read state from the runner: no such state");
  });

  test("reads side inputs as they are asked for, and once a bundle", async () => {
    const { runner, run } = await start({ stage: ["Begin", "Look up.out"] });
    const fixture = fixtureOf(pipeline.toGraph({}), "Begin", "Look up.out");
    const steps = new Map(fixture.stage.steps.map((step, i) => [stepId(i), step]));
    const prices = new Map(Array.from({ length: 1000 }, (_, i) => [`k${i}`, i]));
    const data = {
      elements: () => prices,
      keys: () => prices.keys(),
      valuesOf: (key: unknown) => (prices.has(String(key)) ? [prices.get(String(key))] : []),
    };
    runner.sideInputs = sideInputState(steps, { open: () => ({ in: () => data }) }, 1 << 20);
    const elements = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? "k7" : "none"));
    const { outputs } = await run(elements);
    expect(outputs).toHaveLength(100);
    expect(outputs).toContainEqual(["k7", 7, 1000, 1000]);
    expect(outputs).toContainEqual(["none", null, 1000, 1000]);
    // The list, the keys, and two keys' values: nothing else, and nothing twice.
    expect(runner.stateRequests).toBe(4);
  });

  test("answers a bundle with the difference when the worker builds another graph, and ends", async () => {
    const graph = pipeline.toGraph({});
    const fingerprint = { ...fingerprintOf(graph), Act: "other" };
    const code = { url, exportName: "pipeline", options: {} };
    const { run, harness } = await start({ code: { kind: "module", code, fingerprint } });
    const { error = "" } = await run(["a"]);
    expect(decodeErrorReport(error)).toMatchObject({ code: "GRAPH_MISMATCH" });
    await expect(harness).rejects.toMatchObject({ code: "GRAPH_MISMATCH" });
  });

  test("says so when the module has no pipeline of that name", async () => {
    const { run, harness } = await start({ exportName: "nothing" });
    const { error = "" } = await run(["a"]);
    expect(decodeErrorReport(error)).toMatchObject({ code: "NOT_A_PIPELINE" });
    await expect(harness).rejects.toMatchObject({ code: "NOT_A_PIPELINE" });
  });
});
