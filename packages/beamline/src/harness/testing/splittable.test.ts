import { afterEach, describe, expect, test } from "vitest";
import { varint } from "../../coders/varint.js";
import type { ProcessContext } from "../../fn/context.js";
import { type OffsetRange, OffsetRangeTracker, offsetRangeCoder } from "../../fn/offset-range.js";
import { type SplittableContext, SplittableDoFn } from "../../fn/splittable-do-fn.js";
import { manualWatermark } from "../../fn/watermark-estimator.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { IsBounded_Enum } from "../../proto/gen/pipeline/pipeline_pb.js";
import { timestampFromMillis } from "../../proto/instants.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { type HarnessFixture, startHarness, until } from "./harness-fixture.js";
import { fixtureOf } from "./stage-fixture.js";

/** Emits the numbers of a range; waits at `gateAt` until the gate opens. */
class Numbers extends SplittableDoFn<number, OffsetRange, number, number> {
  readonly restrictionCoder = offsetRangeCoder;
  private readonly gate: Gate;

  constructor(gate: Gate) {
    super();
    this.gate = gate;
  }

  initialRestriction(count: number): OffsetRange {
    return [0, count];
  }

  size(_count: number, [start, end]: OffsetRange): number {
    return end - start;
  }

  newTracker(range: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(range);
  }

  async process(
    _count: number,
    tracker: OffsetRangeTracker,
    ctx: ProcessContext<number>,
  ): Promise<void> {
    const { gate } = this;
    for (let n = tracker.currentRestriction()[0]; tracker.tryClaim(n); n++) {
      ctx.output(n);
      if (n === gate.at) {
        gate.isReached = true;
        await gate.opened;
      }
    }
  }
}

class Gate {
  readonly at: number;
  isReached = false;
  open: () => void = () => undefined;
  readonly opened: Promise<void>;

  constructor(at: number) {
    this.at = at;
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}

const sized = (count: number, range: OffsetRange) => [[count, [range, null]], count];

let fixture: HarnessFixture | undefined;
afterEach(async () => {
  await fixture?.close();
});

describe("a process_sized_element_and_restrictions step", () => {
  async function start(gate: Gate) {
    const pipeline = new Pipeline("numbers");
    const { id } = pipeline
      .create<number>([], { coder: varint })
      .parDo("Numbers", () => new Numbers(gate));
    const stage = fixtureOf(pipeline.toGraph(), "Numbers", id);
    const harness = await startHarness(stage, { network: createMemoryNetwork(), address: "" });
    fixture = harness;
    return { stage, harness };
  }

  test("gives back the rest of a running restriction, which makes the missing elements", async () => {
    const gate = new Gate(3);
    const { harness, stage } = await start(gate);
    const bundle = harness.begin();
    await bundle.send([sized(100, [0, 100]), sized(100, [100, 110])], true);
    await until(() => gate.isReached);
    const desired = { fractionOfRemainder: 0, estimatedInputElements: 2n };
    const { response } = await harness.runner.instruct({
      case: "processBundleSplit",
      value: { instructionId: bundle.instruction, desiredSplits: { source0: desired } },
    });
    if (response.case !== "processBundleSplit") throw new Error(`answered ${response.case}`);
    const { primaryRoots, residualRoots, channelSplits } = response.value;
    expect(channelSplits).toMatchObject([{ lastPrimaryElement: -1n, firstResidualElement: 1n }]);
    expect(primaryRoots).toMatchObject([{ transformId: "step0", inputId: "in" }]);
    expect(residualRoots).toMatchObject([{ application: { transformId: "step0", inputId: "in" } }]);
    gate.open();
    await bundle.answer;
    const kept = (await bundle.outputs()) as number[];
    expect(kept.length).toBeLessThan(100);

    const rest = harness.begin();
    await rest.sendBytes(residualRoots[0]?.application?.element ?? new Uint8Array(0));
    await rest.send([sized(100, [100, 110])], true);
    await rest.answer;
    const all = [...kept, ...((await rest.outputs()) as number[])];
    expect(all).toEqual(Array.from({ length: 110 }, (_, i) => i));
    expect(stage.sink).toContain("Numbers");
  });

  test("leaves what it has not done to the runner, with delay and watermark", async () => {
    class Polls extends Numbers {
      override readonly isBounded = false;
      override readonly watermarkEstimation = manualWatermark();
      override readonly finalizesBundles = true;

      override process(_count: number, tracker: OffsetRangeTracker, ctx: never): never {
        const context: SplittableContext<number> = ctx;
        const [next] = tracker.currentRestriction();
        tracker.tryClaim(next);
        context.output(next, 1000 + next);
        context.watermark = 1000 + next;
        context.resumeAfter(2500);
        context.afterCommit(() => undefined);
        return undefined as never;
      }
    }
    const pipeline = new Pipeline("polls");
    const { id } = pipeline
      .create<number>([], { coder: varint })
      .parDo("Numbers", () => new Polls(new Gate(-1)));
    const stage = fixtureOf(pipeline.toGraph(), "Numbers", id);
    const harness = await startHarness(stage, { network: createMemoryNetwork(), address: "" });
    fixture = harness;
    const outputs: unknown[] = [];
    const bundle = harness.begin();
    await bundle.send([[[7, [[0, 3], 5]], 3]], true);
    let { response } = await bundle.answer;
    outputs.push(...(await bundle.outputs()));
    for (const next of [1, 2, 3]) {
      if (response.case !== "processBundle") throw new Error(`answered ${response.case}`);
      const { residualRoots, requiresFinalization } = response.value;
      expect(requiresFinalization).toBe(true);
      if (next === 3) {
        expect(residualRoots).toEqual([]);
        break;
      }
      expect(residualRoots).toMatchObject([
        {
          application: {
            transformId: "step0",
            inputId: "in",
            isBounded: IsBounded_Enum.UNBOUNDED,
            outputWatermarks: { out: timestampFromMillis(1000 + next - 1) },
          },
          requestedTimeDelay: { seconds: 2n, nanos: 500_000_000 },
        },
      ]);
      const rest = harness.begin();
      await rest.sendBytes(residualRoots[0]?.application?.element ?? new Uint8Array(0), true);
      ({ response } = await rest.answer);
      outputs.push(...(await rest.outputs()));
    }
    expect(outputs).toEqual([0, 1, 2]);
  });

  test("keeps the running restriction whole when the split falls behind it", async () => {
    const gate = new Gate(0);
    const { harness } = await start(gate);
    const bundle = harness.begin();
    await bundle.send([sized(2, [0, 2]), sized(2, [2, 4]), sized(2, [4, 6])], true);
    await until(() => gate.isReached);
    const desired = { fractionOfRemainder: 0.5, estimatedInputElements: 3n };
    const { response } = await harness.runner.instruct({
      case: "processBundleSplit",
      value: { instructionId: bundle.instruction, desiredSplits: { source0: desired } },
    });
    expect(response).toMatchObject({
      value: {
        residualRoots: [],
        channelSplits: [{ lastPrimaryElement: 1n, firstResidualElement: 2n }],
      },
    });
    gate.open();
    await bundle.answer;
    expect(await bundle.outputs()).toEqual([0, 1, 2, 3]);
  });
});
