import { grpcNetwork, runHarness } from "beamline/harness";
import { afterEach, describe, expect, test } from "vitest";
import { fingerprintOf } from "../../packages/beamline/src/code-ref/fingerprint.js";
import {
  type HarnessFixture,
  startHarness,
  until,
} from "../../packages/beamline/src/harness/testing/harness-fixture.js";
import { fixtureOf } from "../../packages/beamline/src/harness/testing/stage-fixture.js";
import { pipeline } from "./pipelines/busy.mjs";

const url = new URL("./pipelines/busy.mjs", import.meta.url).href;

let open: HarnessFixture | undefined;
afterEach(async () => {
  await open?.close();
});

const sized = (from: number, to: number) => [["x", [[from, to], null]], to - from];

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
