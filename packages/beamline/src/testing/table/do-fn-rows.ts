import type { BundleContext, ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import {
  type OffsetRange,
  OffsetRangeTracker,
  offsetRangeCoder,
  splitOffsetRange,
} from "../../fn/offset-range.js";
import { SplittableDoFn } from "../../fn/splittable-do-fn.js";
import { generateSequence } from "../../transforms/generate-sequence.js";
import { type Row, row } from "./row.js";

/** Gathers numbers and emits their sum when the bundle ends, with marks at every step of its life. */
class BundleSum extends DoFn<number, number, { readonly life: string }> {
  private state = "new";
  private sum = 0;

  override async setup(): Promise<void> {
    await Promise.resolve();
    this.expect("new");
    this.state = "idle";
  }

  override startBundle(ctx: BundleContext<number, { life: string }>): void {
    this.expect("idle");
    this.state = "in a bundle";
    this.sum = 0;
    ctx.outputTo("life", "started");
  }

  override process(n: number): void {
    this.expect("in a bundle");
    this.sum += n;
  }

  override async finishBundle(ctx: BundleContext<number, { life: string }>): Promise<void> {
    await Promise.resolve();
    this.expect("in a bundle");
    this.state = "idle";
    ctx.output(this.sum);
    ctx.outputTo("life", "finished");
  }

  override teardown(): void {
    this.expect("idle");
  }

  private expect(state: string): void {
    if (this.state !== state) throw new Error(`the DoFn is ${this.state}, not ${state}`);
  }
}

class Parse extends DoFn<string, number, { malformed: string; "0": null }> {
  override process(
    text: string,
    ctx: ProcessContext<number, { malformed: string; "0": null }>,
  ): void {
    const n = Number(text);
    if (text === "") ctx.outputTo("0", null);
    else if (Number.isNaN(n)) ctx.outputTo("malformed", text);
    else ctx.output(n);
  }
}

class Returns extends DoFn<string, string> {
  override process(how: string): Iterable<string> {
    return how === "array" ? [how] : new Set([how]);
  }
}

class Generates extends DoFn<number, number> {
  override *process(n: number): Iterable<number> {
    for (let i = 0; i < n; i++) yield i;
  }
}

class Streams extends DoFn<number, number> {
  override async *process(n: number): AsyncIterable<number> {
    for (let i = 0; i < n; i++) {
      await Promise.resolve();
      yield i;
    }
  }
}

class Awaits extends DoFn<number, string> {
  override async process(n: number, ctx: ProcessContext<string>): Promise<string[]> {
    await new Promise((resolve) => setImmediate(resolve));
    ctx.output(`output ${n}`);
    return [`returned ${n}`];
  }
}

/** Emits the numbers of a range, whichever way it is cut. */
class Range extends SplittableDoFn<OffsetRange, OffsetRange, number, number, { ends: number }> {
  readonly restrictionCoder = offsetRangeCoder;

  initialRestriction(range: OffsetRange): OffsetRange {
    return range;
  }

  override split(_range: OffsetRange, restriction: OffsetRange): OffsetRange[] {
    return splitOffsetRange(restriction, 3, 1);
  }

  size(_range: OffsetRange, [start, end]: OffsetRange): number {
    return end - start;
  }

  newTracker(restriction: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(restriction);
  }

  *process(
    range: OffsetRange,
    tracker: OffsetRangeTracker,
    ctx: ProcessContext<number, { ends: number }>,
  ): Iterable<number> {
    let [next] = tracker.currentRestriction();
    for (; tracker.tryClaim(next); next++) {
      yield next;
      if (next === range[1] - 1) ctx.outputTo("ends", range[1]);
    }
  }
}

/** DoFns, and the sources that are made of them. */
export const DO_FN_ROWS: readonly Row[] = [
  row(
    "do-fn-bundles",
    (p) => {
      const { out, life } = p.create([1, 2, 3, 4, 5]).parDo(() => new BundleSum(), ["life"]);
      const balance = life.map((step) => (step === "started" ? 1 : -1)).sum("Balance");
      return out.sum().flatten(balance);
    },
    [15, 0],
  ),
  row(
    "do-fn-tags",
    (p) => {
      const parsed = p
        .create(["1", "x", "", "2", "y"])
        .parDo(() => new Parse(), ["malformed", "0"]);
      return parsed.out
        .map("Number", (n) => `number ${n}`)
        .flatten(
          parsed.malformed.map("Text", (text) => `text ${text}`),
          parsed["0"].map("Empty", String),
        );
    },
    ["number 1", "number 2", "text x", "text y", "null"],
  ),
  row("do-fn-returns", (p) => p.create(["array", "set"]).parDo(() => new Returns()), [
    "array",
    "set",
  ]),
  row("do-fn-generator", (p) => p.create([2, 0, 1]).parDo(() => new Generates()), [0, 1, 0]),
  row("do-fn-stream", (p) => p.create([2, 0, 1]).parDo(() => new Streams()), [0, 1, 0]),
  row("do-fn-async", (p) => p.create([1, 2]).parDo("Await", () => new Awaits()), [
    "output 1",
    "returned 1",
    "output 2",
    "returned 2",
  ]),
  row(
    "do-fn-async-in-a-chain",
    (p) =>
      p
        .create([100])
        .parDo("Generate", () => new Generates())
        .parDo(() => new Awaits())
        .parDo("Both", () => new Both())
        .countPerElement(),
    [
      ["output", 100],
      ["returned", 100],
    ],
  ),
  row(
    "splittable-do-fn",
    (p) => {
      const { out, ends } = p
        .create<OffsetRange>([
          [0, 5],
          [10, 12],
          [7, 7],
        ])
        .parDo("Range", () => new Range(), ["ends"]);
      return out.flatten(ends.map((end) => -end));
    },
    [0, 1, 2, 3, 4, 10, 11, -5, -12],
  ),
  row(
    "splittable-do-fn-after-group-by-key",
    (p) =>
      p
        .create<[string, number]>([
          ["a", 2],
          ["a", 3],
        ])
        .groupByKey()
        .map(([, values]): OffsetRange => [0, Math.max(...values)])
        .parDo(() => new Range(), ["ends"])
        .out.count(),
    [3],
  ),
  row("generate-sequence", (p) => p.apply(generateSequence({ from: 3, to: 7 })), [3, 4, 5, 6]),
  row("generate-no-sequence", (p) => p.apply(generateSequence({ from: 3, to: 3 })), []),
  row(
    "generate-long-sequence",
    (p) =>
      p
        .apply(generateSequence({ to: 250_000 }))
        .filter((n) => n % 2 === 0)
        .count(),
    [125_000],
  ),
];

class Both extends DoFn<string, string> {
  override async process(text: string): Promise<string[]> {
    await Promise.resolve();
    return [text.replace(/ .*/, "")];
  }
}
