import { grpcNetwork, runHarness } from "beamline/harness";
import { afterEach, describe, expect, test } from "vitest";
import { fingerprintOf } from "../../packages/beamline/src/code-ref/fingerprint.js";
import {
  type HarnessFixture,
  startHarness,
  until,
} from "../../packages/beamline/src/harness/testing/harness-fixture.js";
import { fixtureOf } from "../../packages/beamline/src/harness/testing/stage-fixture.js";
import { counting, pipeline } from "./pipelines/busy.mjs";

const url = new URL("./pipelines/busy.mjs", import.meta.url).href;

let open: HarnessFixture | undefined;
afterEach(async () => {
  await open?.close();
});

const sized = (from: number, to: number) => [["x", [[from, to], null]], to - from];

test("threads read and write user state that the runner keeps", async () => {
  const graph = counting.toGraph({});
  open = await startHarness(fixtureOf(graph, "Count", "Count.out"), {
    network: grpcNetwork,
    address: "localhost:0",
    serve: runHarness,
    threads: 2,
    code: {
      kind: "module",
      code: { url, exportName: "counting", options: {} },
      fingerprint: fingerprintOf(graph),
    },
  });
  const { runner, begin } = open;
  const outputs: unknown[] = [];
  for (const pairs of [
    [
      ["a", 1],
      ["b", 1],
      ["a", 2],
    ],
    [
      ["a", 2],
      ["b", 5],
    ],
  ]) {
    const bundle = begin();
    const segment = { instructionId: bundle.instruction, transformId: "step0" };
    const timers = new Uint8Array(0);
    await runner.send([], [{ ...segment, timerFamilyId: "report", timers, isLast: true }]);
    await bundle.send(pairs, true);
    expect((await bundle.answer).error).toBe("");
    outputs.push(...(await bundle.outputs()));
    const { timers: set } = runner.outputsOf(bundle.instruction);
    await runner.until(() => set.size === 1);
    expect(Buffer.concat([...set.values()].flat()).length).toBeGreaterThan(0);
  }
  expect(outputs).toEqual([
    ["a", 1, 1],
    ["b", 1, 1],
    ["a", 2, 2],
    ["a", 3, 2],
    ["b", 2, 2],
  ]);
});

describe("a thread in the midst of synchronous user code", () => {
  test("gives its restriction back when it is asked to, and says how far it is", async () => {
    const graph = pipeline.toGraph({});
    open = await startHarness(fixtureOf(graph, "Busy", "Busy.out"), {
      network: grpcNetwork,
      address: "localhost:0",
      serve: runHarness,
      threads: 1,
      code: {
        kind: "module",
        code: { url, exportName: "pipeline", options: {} },
        fingerprint: fingerprintOf(graph),
      },
    });
    const { runner, begin, hasRead } = open;
    const bundle = begin();
    await bundle.send([sized(0, 20_000), sized(20_000, 40_000)], true);
    await hasRead(bundle, 0);
    const desired = { fractionOfRemainder: 0, estimatedInputElements: 2n };
    let residuals: readonly unknown[] = [];
    await until(async () => {
      const { response } = await runner.instruct({
        case: "processBundleSplit",
        value: { instructionId: bundle.instruction, desiredSplits: { source0: desired } },
      });
      if (response.case !== "processBundleSplit") throw new Error(`answered ${response.case}`);
      residuals = response.value.residualRoots;
      return residuals.length > 0;
    });
    expect(residuals).toMatchObject([{ application: { transformId: "step0", inputId: "in" } }]);
    expect((await bundle.answer).error).toBe("");
    // Twenty seconds of work, had it not been split.
    expect((await bundle.outputs()).length).toBeLessThan(20_000);
  });
});
