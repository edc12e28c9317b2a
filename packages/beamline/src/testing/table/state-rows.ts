import { bool } from "../../coders/bool.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { varint } from "../../coders/varint.js";
import { max } from "../../combiners/max.js";
import { sum } from "../../combiners/sum.js";
import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import { type OffsetRange, OffsetRangeTracker, offsetRangeCoder } from "../../fn/offset-range.js";
import { type SplittableContext, SplittableDoFn } from "../../fn/splittable-do-fn.js";
import type { ExpirationContext } from "../../fn/state/timer-types.js";
import { manualWatermark } from "../../fn/watermark-estimator.js";
import { type Row, row } from "./row.js";

type Pair = [string, number];

const PAIRS: readonly Pair[] = [
  ["a", 1],
  ["b", 2],
  ["a", 3],
  ["c", 4],
  ["b", 2],
  ["a", 1],
];

/** Lets each value of a key pass once, however elements are bundled. */
class Distinct extends DoFn<Pair, Pair> {
  readonly seen = this.mapState(varint, bool);
  readonly any = this.valueState(bool);

  override process([key, n]: Pair): Pair[] {
    const isNew = !this.seen.has(n);
    this.seen.set(n, true);
    if (this.any.read() === true) return isNew ? [[key, n]] : [];
    this.any.write(true);
    return [[key, n]];
  }
}

/** Emits everything about a key when its window ends. */
class Summary extends DoFn<Pair, string> {
  readonly all = this.bagState(varint);
  readonly total = this.combiningState(sum());
  readonly distinct = this.setState(varint);
  readonly ordered = this.orderedListState(stringUtf8);

  override process([, n]: Pair): void {
    this.all.add(n);
    this.total.add(n);
    this.distinct.add(n);
    this.ordered.add(-n, `#${n}`);
  }

  override onWindowExpiration(ctx: ExpirationContext<string, string>): void {
    ctx.output(
      [
        ctx.key,
        [...this.all.read()].sort().join(),
        this.total.read(),
        [...this.distinct.read()].sort().join(),
        this.ordered
          .read()
          .map(({ value }) => value)
          .join(""),
      ].join(" "),
    );
  }
}

/** A timer that sets itself again, in one family with others by tag. */
class Ticks extends DoFn<Pair, string, { done: string }> {
  readonly left = this.valueState(varint);
  readonly tick = this.eventTimer((ctx) => {
    const left = this.left.read() ?? 0;
    ctx.output(`${ctx.key} ${ctx.tag} ${ctx.fireTimestamp}`);
    if (left === 0) {
      ctx.outputTo("done", ctx.key);
      return;
    }
    this.left.write(left - 1);
    this.tick.set(ctx.fireTimestamp + 10, { tag: ctx.tag });
  });

  override process([, n]: Pair): void {
    this.left.write(n);
    this.tick.set(100, { tag: "loop" });
    this.tick.set(105, { tag: "cleared" });
    this.tick.clear("cleared");
  }
}

/** Says that a key was there, a little later. */
class Later extends DoFn<Pair, string> {
  readonly seen = this.valueState(varint);
  readonly later = this.processingTimer((ctx) => ctx.output(`${ctx.key} ${this.seen.read()}`));

  override process(): void {
    if (this.seen.read() === 1) return;
    this.seen.write(1);
    this.later.setIn(5);
  }
}

/** State between the awaits of an asynchronous DoFn. */
class Running extends DoFn<Pair, Pair> {
  readonly total = this.valueState(varint);

  override async process([key, n]: Pair): Promise<Pair[]> {
    await Promise.resolve();
    const total = (this.total.read() ?? 0) + n;
    this.total.write(total);
    await Promise.resolve();
    return [[key, total]];
  }
}

/** Numbers the elements of a key in the order of their timestamps. */
class Numbered extends DoFn<Pair, string> {
  override readonly requiresTimeSortedInput = true;
  readonly count = this.valueState(varint);

  override process([key, n]: Pair, ctx: ProcessContext<string>): string[] {
    const count = (this.count.read() ?? 0) + 1;
    this.count.write(count);
    return [`${key}${count}=${n}@${ctx.timestamp}`];
  }
}

class Stamped extends DoFn<number, Pair> {
  override process(n: number, ctx: ProcessContext<Pair>): void {
    ctx.output(["k", n], 1000 - n);
  }
}

/** A source with a watermark. */
class Watched extends SplittableDoFn<number, OffsetRange, number, string> {
  readonly restrictionCoder = offsetRangeCoder;
  override readonly watermarkEstimation = manualWatermark();

  initialRestriction(count: number): OffsetRange {
    return [0, count];
  }

  size(_count: number, [from, to]: OffsetRange): number {
    return to - from;
  }

  newTracker(range: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(range);
  }

  *process(_count: number, tracker: OffsetRangeTracker, ctx: SplittableContext<string>) {
    for (let n = tracker.currentRestriction()[0]; tracker.tryClaim(n); n++) {
      ctx.watermark = n;
      yield `${n} at ${ctx.watermark}`;
    }
  }
}

/** State, timers, and sources with watermarks, in batch. */
export const STATE_ROWS: readonly Row[] = [
  row("state-distinct", (p) => p.create<Pair>([...PAIRS]).parDo(() => new Distinct()), [
    ["a", 1],
    ["a", 3],
    ["b", 2],
    ["c", 4],
  ]),
  row(
    "state-until-the-window-expires",
    (p) => p.create<Pair>([...PAIRS]).parDo(() => new Summary()),
    ["a 1,1,3 5 1,3 #3#1#1", "b 2,2 4 2 #2#2", "c 4 4 4 #4"],
  ),
  row(
    "timers-that-loop",
    (p) => {
      const pairs: Pair[] = [
        ["a", 2],
        ["b", 0],
      ];
      const { out, done } = p.create<Pair>(pairs).parDo(() => new Ticks(), ["done"]);
      return out.flatten(done.map((key) => `done ${key}`));
    },
    ["a loop 100", "a loop 110", "a loop 120", "b loop 100", "done a", "done b"],
  ),
  row("timers-of-the-clock", (p) => p.create<Pair>([...PAIRS]).parDo(() => new Later()), [
    "a 1",
    "b 1",
    "c 1",
  ]),
  row(
    "state-in-async-do-fns",
    (p) =>
      p
        .create<Pair>([...PAIRS])
        .parDo(() => new Running())
        .combinePerKey("Last", max<number>()),
    [
      ["a", 5],
      ["b", 4],
      ["c", 4],
    ],
  ),
  row(
    "state-with-sorted-input",
    (p) =>
      p
        .create([3, 1, 2])
        .parDo("Stamp", () => new Stamped())
        .parDo(() => new Numbered()),
    ["k1=3@997", "k2=2@998", "k3=1@999"],
  ),
  row("source-with-a-watermark", (p) => p.create([2, 1]).parDo(() => new Watched()), [
    "0 at 0",
    "1 at 1",
    "0 at 0",
  ]),
];
