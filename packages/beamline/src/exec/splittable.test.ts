import { describe, expect, test } from "vitest";
import { js } from "../coders/js.js";
import type { ProcessContext } from "../fn/context.js";
import { type OffsetRange, OffsetRangeTracker, offsetRangeCoder } from "../fn/offset-range.js";
import { type SplittableContext, SplittableDoFn } from "../fn/splittable-do-fn.js";
import {
  type AnyWatermarkEstimation,
  manualWatermark,
  monotonicWatermark,
  wallClockWatermark,
} from "../fn/watermark-estimator.js";
import { sizedRestrictionCoder } from "../graph/splittable-coders.js";
import { type ElementMeta, IMPULSE_META } from "../model/element-meta.js";
import { userFnOf } from "../pipeline/user-fn-of.js";
import { BundleProcessor } from "./bundle-processor.js";
import type { CompileOptions } from "./compile-stage.js";
import type { Residual } from "./residual.js";
import type { SizedRestriction, SplittableStep } from "./splittable-operators.js";
import type { Stage } from "./stage.js";

type Style = "loop" | "generator" | "promise" | "stream";

/** Emits the numbers of a range, in one of the ways in which `process` may emit. */
class Count extends SplittableDoFn<string, OffsetRange, number, number> {
  readonly restrictionCoder = offsetRangeCoder;
  override readonly isBounded: boolean = true;
  protected readonly style: Style;

  constructor(style: Style) {
    super();
    this.style = style;
  }

  initialRestriction(): OffsetRange {
    return [0, 10];
  }

  size(_text: string, [from, to]: OffsetRange): number {
    return to - from;
  }

  newTracker(range: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(range);
  }

  process(_text: string, tracker: OffsetRangeTracker, ctx: ProcessContext<number>): never {
    return this.emit(tracker, ctx) as never;
  }

  private emit(tracker: OffsetRangeTracker, ctx: ProcessContext<number>): unknown {
    const [start] = tracker.currentRestriction();
    function* numbers() {
      for (let n = start; tracker.tryClaim(n); n++) yield n;
    }
    switch (this.style) {
      case "loop":
        for (const n of numbers()) ctx.output(n);
        return;
      case "generator":
        return numbers();
      case "promise":
        return (async () => {
          for (const n of numbers()) {
            await Promise.resolve();
            ctx.output(n);
          }
        })();
      case "stream":
        return (async function* () {
          for (const n of numbers()) {
            await Promise.resolve();
            yield n;
          }
        })();
    }
  }
}

const sized = (range: OffsetRange, state: unknown = null): SizedRestriction => [
  ["x", [range, state]],
  range[1] - range[0],
];

interface Ran {
  readonly values: readonly unknown[];
  readonly timestamps: readonly number[];
  readonly residuals: readonly Residual[];
}

function driver(
  make: () => unknown,
  more: Partial<CompileOptions> = {},
  step: SplittableStep = "processSized",
) {
  const fn = userFnOf({ name: "Count", given: true }, make);
  if (fn.kind !== "splittable") throw new Error("no splittable DoFn");
  const stage: Stage = {
    id: "stage",
    inputs: ["in"],
    steps: [
      {
        name: "Count",
        operation: { kind: "splittable", step, make: fn.make },
        input: "in",
        outputs: { out: "out" },
      },
    ],
    sinks: [{ id: "out", pcollection: "out" }],
    coders: new Map([["in", sizedRestrictionCoder(js, fn.make())]]),
  };
  let values: unknown[] = [];
  let timestamps: number[] = [];
  let residuals: Residual[] = [];
  const processor = new BundleProcessor(stage, {
    openSink: () => ({
      receive(value, meta) {
        values.push(value);
        timestamps.push(meta.timestamp);
      },
    }),
    onResidual: (residual) => residuals.push(residual),
    ...more,
  });
  return {
    processor,
    async run(elements: readonly unknown[], meta: ElementMeta = IMPULSE_META): Promise<Ran> {
      values = [];
      timestamps = [];
      residuals = [];
      await processor.run({
        async feed(entries, gate) {
          for (const element of elements) {
            for (const receive of entries.values()) receive(element, meta);
            if (gate.attention) await gate.clear();
          }
        },
      });
      return { values, timestamps, residuals };
    },
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe.each<Style>(["loop", "generator", "promise", "stream"])("a %s", (style) => {
  test("ends at a checkpoint, and what is left goes on where it ended", async () => {
    let claims = 0;
    const { run } = driver(() => new Count(style), { checkpoint: () => ++claims % 4 === 0 });
    let left: readonly unknown[] = [sized([0, 10])];
    const seen: unknown[] = [];
    let rounds = 0;
    while (left.length > 0) {
      const { values, residuals } = await run(left);
      seen.push(...values);
      for (const { step, resumeAfterMs, meta } of residuals) {
        expect({ step, resumeAfterMs, meta }).toEqual({
          step: "Count",
          resumeAfterMs: 0,
          meta: IMPULSE_META,
        });
      }
      left = residuals.map(({ value }) => value);
      rounds++;
    }
    expect(seen).toEqual(range(0, 10));
    expect(rounds).toBeGreaterThan(2);
  });

  test("can be split from within a claim while it runs", async () => {
    const parts: unknown[] = [];
    let asked = 0;
    const { processor, run } = driver(() => new Count(style), {
      poll() {
        if (++asked !== 3) return;
        const active = processor.activeRestriction("in");
        expect(active?.fractionDone()).toBeGreaterThan(0);
        expect(processor.progress.bytes).toBeGreaterThan(0);
        parts.push(active?.split(0.5));
      },
    });
    const { values } = await run([sized([0, 10])]);
    expect(parts).toEqual([
      { primary: sized([0, 6]), residual: sized([6, 10]), watermark: undefined },
    ]);
    expect(values).toEqual(range(0, 6));
    expect(processor.activeRestriction("in")).toBeUndefined();
    expect((await run([sized([6, 10])])).values).toEqual(range(6, 10));
  });
});

/** Emits what there is, then waits for more. */
class Poll extends Count {
  override readonly isBounded = false;
  override readonly watermarkEstimation: AnyWatermarkEstimation;
  private readonly until: number;

  constructor(until: number, estimation: AnyWatermarkEstimation) {
    super("loop");
    this.until = until;
    this.watermarkEstimation = estimation;
  }

  override process(_text: string, tracker: OffsetRangeTracker, ctx: never): never {
    const context: SplittableContext<number> = ctx;
    for (let n = tracker.currentRestriction()[0]; n < this.until; n++) {
      if (!tracker.tryClaim(n)) return undefined as never;
      context.output(n, n * 100);
    }
    context.resumeAfter({ seconds: 2 });
    return undefined as never;
  }
}

describe("ctx.resumeAfter", () => {
  test("leaves the unclaimed rest, with the watermark and the estimator's state", async () => {
    const { run } = driver(() => new Poll(3, monotonicWatermark()));
    const { values, timestamps, residuals } = await run([sized([0, 10], 0)], {
      ...IMPULSE_META,
      timestamp: 0,
    });
    expect([values, timestamps]).toEqual([range(0, 3), [0, 100, 200]]);
    expect(residuals).toMatchObject([
      { value: sized([3, 10], 200), resumeAfterMs: 2000, watermark: 200 },
    ]);
    const again = await run([residuals[0]?.value]);
    expect(again.residuals).toMatchObject([{ value: sized([3, 10], 200), watermark: 200 }]);
  });

  test("leaves nothing of a restriction that is done", async () => {
    const { run } = driver(() => new Poll(10, monotonicWatermark()));
    expect((await run([sized([0, 10], 0)])).residuals).toEqual([]);
  });

  test("without it, a process that returns early is an error", async () => {
    class Early extends Count {
      override process(): never {
        return undefined as never;
      }
    }
    const { run } = driver(() => new Early("loop"));
    await expect(run([sized([0, 10])])).rejects.toThrow("Cannot finish the range [0, 10)");
  });
});

describe("ctx.watermark", () => {
  class Manual extends Poll {
    override process(text: string, tracker: OffsetRangeTracker, ctx: never): never {
      const context: SplittableContext<number> = ctx;
      context.watermark = 77;
      context.watermark = 5;
      return super.process(text, tracker, ctx);
    }
  }

  test("is what a manual estimator says, and never goes back", async () => {
    const { run } = driver(() => new Manual(1, manualWatermark()));
    const { residuals } = await run([sized([0, 10], 3)]);
    expect(residuals).toMatchObject([{ watermark: 77, value: sized([1, 10], 77) }]);
  });

  test("can't be set where it is estimated in another way", async () => {
    const { run } = driver(() => new Manual(1, monotonicWatermark()));
    await expect(run([sized([0, 10], 3)])).rejects.toThrow("declare `readonly watermarkEstimation");
  });

  test("follows the clock with wallClockWatermark()", async () => {
    const clock = { now: () => 42_000 };
    const { run } = driver(() => new Poll(1, wallClockWatermark()), { clock });
    expect((await run([sized([0, 10], 3)])).residuals).toMatchObject([{ watermark: 42_000 }]);
  });

  test("of a split is that of the running call", async () => {
    let asked = 0;
    let parts: unknown;
    const { processor, run } = driver(() => new Poll(10, monotonicWatermark()), {
      poll() {
        if (++asked === 3) parts = processor.activeRestriction("in")?.split(0.5);
      },
    });
    await run([sized([0, 10], 0)]);
    expect(parts).toMatchObject({ watermark: 100, residual: sized([6, 10], 100) });
  });
});

describe("the steps before", () => {
  test("pair with the estimator's first state and split what they are given", async () => {
    const make = () => new Poll(1, manualWatermark(500));
    const paired = await driver(make, {}, "pairWithRestriction").run(["x"]);
    expect(paired.values).toEqual([["x", [[0, 10], 500]]]);
    const split = await driver(make, {}, "splitAndSize").run(paired.values);
    expect(split.values).toEqual([sized([0, 10], 500)]);
  });

  test("truncate() keeps bounded restrictions and ends unbounded ones", async () => {
    const bounded = driver(() => new Count("loop"), {}, "truncate");
    expect((await bounded.run([sized([2, 4])])).values).toEqual([sized([2, 4])]);
    const unbounded = driver(() => new Poll(1, manualWatermark()), {}, "truncate");
    expect((await unbounded.run([sized([2, 4], 1)])).values).toEqual([]);
  });
});
