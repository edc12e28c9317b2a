import { sum } from "../../combiners/sum.js";
import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import {
  type OffsetRange,
  OffsetRangeTracker,
  offsetRangeCoder,
  splitOffsetRange,
} from "../../fn/offset-range.js";
import type { SideMap, SideMultimap } from "../../fn/side-views.js";
import { SplittableDoFn } from "../../fn/splittable-do-fn.js";
import type { Window } from "../../model/window.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import { fixedWindows, slidingWindows } from "../../windowing/windows.js";
import { type Row, row } from "./row.js";

const FRUITS: readonly [string, number][] = [
  ["apple", 1],
  ["pear", 2],
  ["apple", 3],
];

function fruits(p: Pipeline): PCollection<[string, number]> {
  return p.create<[string, number]>("Fruits", FRUITS);
}

function sorted<T>(items: Iterable<T>): T[] {
  return [...items].sort();
}

/** Adds what it finds under its element, twice: once when asked, once when the bundle ends. */
class Lookup extends DoFn<
  string,
  string,
  { unknown: string },
  { totals: SideMap<string, number>; all: SideMultimap<string, number>; unit: string }
> {
  override process(
    name: string,
    ctx: ProcessContext<
      string,
      { unknown: string },
      { totals: SideMap<string, number>; all: SideMultimap<string, number>; unit: string }
    >,
  ): void {
    const { totals, all, unit } = ctx.side;
    const total = totals.get(name);
    if (total === undefined) ctx.outputTo("unknown", name);
    else ctx.output(`${name}: ${total} ${unit} of ${sorted(all.get(name)).join("+")}`);
  }
}

/** Emits the numbers of a range times a factor from the side. */
class Times extends SplittableDoFn<
  OffsetRange,
  OffsetRange,
  number,
  number,
  Record<never, never>,
  { factor: number }
> {
  readonly restrictionCoder = offsetRangeCoder;

  initialRestriction(range: OffsetRange): OffsetRange {
    return range;
  }

  override split(_range: OffsetRange, restriction: OffsetRange): OffsetRange[] {
    return splitOffsetRange(restriction, 2, 1);
  }

  size(_range: OffsetRange, [start, end]: OffsetRange): number {
    return end - start;
  }

  newTracker(restriction: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(restriction);
  }

  *process(
    _range: OffsetRange,
    tracker: OffsetRangeTracker,
    ctx: ProcessContext<number, Record<never, never>, { factor: number }>,
  ): Iterable<number> {
    let [next] = tracker.currentRestriction();
    for (; tracker.tryClaim(next); next++) yield next * ctx.side.factor;
  }
}

/** What functions read from the side. */
export const SIDE_INPUT_ROWS: readonly Row[] = [
  row(
    "side-singleton",
    (p) => {
      const total = fruits(p).values().sum().asSingleton();
      return p
        .create(["a", "b"])
        .map((text, ctx) => `${text}${ctx.side.total}`, { side: { total } });
    },
    ["a6", "b6"],
  ),
  row(
    "side-singleton-default",
    (p) => {
      const nothing = p.create<number>("None", []);
      const side = {
        given: nothing.asSingleton({ default: "none" }),
        absent: nothing.asSingleton({ default: undefined }),
        there: p.create("One", [7]).asSingleton({ default: 0 }),
      };
      return p.create(["a"]).map("Read", (_, ctx) => ({ ...ctx.side }), { side });
    },
    [{ given: "none", absent: undefined, there: 7 }],
  ),
  row(
    "side-iterable",
    (p) => {
      const numbers = fruits(p).values().asIterable();
      return p.create([10, 20]).flatMap(
        "Add",
        (n, { side }) => {
          // Twice: an iterable can be iterated again.
          for (const _ of side.numbers) break;
          return [...side.numbers].map((other) => n + other);
        },
        { side: { numbers } },
      );
    },
    [11, 12, 13, 21, 22, 23],
  ),
  row(
    "side-list",
    (p) => {
      const numbers = fruits(p).values().asList();
      return p
        .create([0, 1])
        .map("Pick", (n, { side }) => [n, sorted(side.numbers)[n], side.numbers.length], {
          side: { numbers },
        });
    },
    [
      [0, 1, 3],
      [1, 2, 3],
    ],
  ),
  row<unknown>(
    "side-map",
    (p) => {
      const totals = fruits(p)
        .mapValues("Same", (n) => n)
        .combinePerKey(sum())
        .asMap();
      return p
        .create(["apple", "pear", "plum"])
        .map(
          "Look",
          (name, { side: { totals } }) => [
            name,
            totals.get(name),
            totals.has(name),
            totals.size,
            sorted(totals.keys()),
            sorted([...totals.entries()].map(([key, n]) => `${key}${n}`)),
          ],
          { side: { totals } },
        );
    },
    ["apple", "pear", "plum"].map((name, i) => [
      name,
      [4, 2, undefined][i],
      i < 2,
      2,
      ["apple", "pear"],
      ["apple4", "pear2"],
    ]),
  ),
  row(
    "side-multimap",
    (p) => {
      const numbers = fruits(p).asMultimap();
      return p
        .create(["apple", "pear", "plum"])
        .map(
          "Look",
          (name, { side: { numbers } }) => [
            name,
            sorted(numbers.get(name)),
            numbers.has(name),
            numbers.size,
            sorted(numbers.keys()),
          ],
          { side: { numbers } },
        );
    },
    [
      ["apple", [1, 3], true, 2, ["apple", "pear"]],
      ["pear", [2], true, 2, ["apple", "pear"]],
      ["plum", [], false, 2, ["apple", "pear"]],
    ],
  ),
  row(
    "side-keys-by-content",
    (p) => {
      const names = p
        .create<[{ x: number; y: number | string }, string]>("Points", [
          [{ x: 1, y: 2 }, "one two"],
          [{ x: 1, y: "2" }, "one and a text"],
        ])
        .asMap();
      return p
        .create([2, "2", 3])
        .map("Look", (y, { side }) => side.names.get({ y, x: 1 }) ?? null, { side: { names } });
    },
    ["one two", "one and a text", null],
  ),
  row(
    "side-empty",
    (p) => {
      const none = p.create<[string, number]>("None", []);
      const side = {
        iterable: none.asIterable(),
        list: none.asList(),
        map: none.asMap(),
        multimap: none.asMultimap(),
      };
      return p
        .create(["a"])
        .map(
          "Read",
          (key, { side }) => [
            [...side.iterable].length,
            side.list.length,
            side.map.get(key),
            side.map.size,
            [...side.multimap.get(key)].length,
            side.multimap.has(key),
            [...side.multimap.keys()].length,
          ],
          { side },
        );
    },
    [[0, 0, undefined, 0, 0, false, 0]],
  ),
  row(
    "side-of-no-main-elements",
    (p) =>
      p.create<string>("Main", []).map("Read", (text, { side }) => text + side.one, {
        side: { one: p.create("One", ["1"]).asSingleton() },
      }),
    [],
  ),
  row(
    "side-filter-and-key-by",
    (p) => {
      const wanted = p.create("Wanted", [["pear", true] as [string, boolean]]).asMap();
      const unit = p.create("Unit", ["kg"]).asSingleton();
      return fruits(p)
        .filter("Wanted only", ([name], { side }) => side.wanted.has(name), { side: { wanted } })
        .keyBy("Unit key", ([, n], { side }) => `${n} ${side.unit}`, { side: { unit } })
        .keys();
    },
    ["2 kg"],
  ),
  row(
    "side-of-an-async-function",
    (p) => {
      const totals = fruits(p).combinePerKey(sum()).asMap();
      return p.create(["apple", "pear"]).mapAsync(
        "Ask",
        async (name, ctx) => {
          await Promise.resolve();
          return `${name} ${ctx.side.totals.get(name)}`;
        },
        { concurrency: 2, side: { totals } },
      );
    },
    ["apple 4", "pear 2"],
  ),
  row(
    "side-of-a-do-fn",
    (p) => {
      const { out, unknown } = p.create(["apple", "plum"]).parDo("Look up", () => new Lookup(), {
        tags: ["unknown"],
        side: {
          totals: fruits(p).combinePerKey(sum()).asMap(),
          all: p.create("Again", FRUITS).asMultimap(),
          unit: p.create("Unit", ["kg"]).asSingleton(),
        },
      });
      return out.flatten(unknown);
    },
    ["apple: 4 kg of 1+3", "plum"],
  ),
  row(
    "side-of-a-splittable-do-fn",
    (p) => {
      const factor = p.create("Factors", [2, 5]).sum().asSingleton();
      return p
        .create<OffsetRange>([
          [0, 3],
          [10, 11],
        ])
        .parDo("Times", () => new Times(), { side: { factor } });
    },
    [0, 7, 14, 70],
  ),
  row(
    "side-from-the-main-input",
    (p) => {
      const numbers = p.create("Numbers", [1, 2, 3, 4]);
      const mean = numbers.mean("Mean").asSingleton();
      return numbers
        .map("Distance", (n, { side }) => n - side.mean, { side: { mean } })
        .filter((distance) => distance > 0);
    },
    [0.5, 1.5],
  ),
  row<unknown>(
    "side-from-the-same-step",
    (p) => {
      // No shuffle lies between: main input and side input leave one step.
      const numbers = p.impulse("Start").flatMap("Numbers", () => [1, 2, 3]);
      const all = numbers.map("Double", (n) => n * 2).asList();
      return numbers.map("With all", (n, { side }) => [n, sorted(side.all)], { side: { all } });
    },
    [1, 2, 3].map((n) => [n, [2, 4, 6]]),
  ),
  row(
    "side-of-a-side",
    (p) => {
      const first = p.create("First", [2]).asSingleton();
      const second = p
        .create("Second", [3])
        .map("Times", (n, { side }) => n * side.first, { side: { first } });
      return p
        .create([1, 2])
        .map("Plus", (n, { side }) => n + side.second, { side: { second: second.asSingleton() } });
    },
    [7, 8],
  ),
  row(
    "side-shared-by-two-steps",
    (p) => {
      const numbers = fruits(p);
      const side = { total: numbers.values().sum().asSingleton(), all: numbers.asMultimap() };
      return p
        .create(["apple"])
        .map("A", (name, ctx) => `${name} ${ctx.side.total}`, { side })
        .reshuffle()
        .map("B", (text, ctx) => `${text} ${sorted(ctx.side.all.get("apple"))}`, { side });
    },
    ["apple 6 1,3"],
  ),
  row(
    "side-after-a-flatten",
    (p) => {
      const a = p.create("A", [1, 2]);
      const b = p.create("B", [3]);
      const all = a.flatten("Both", b);
      return all.map("Max", (n, { side }) => `${n}/${side.max}`, {
        side: { max: all.max("Largest").asSingleton() },
      });
    },
    ["1/3", "2/3", "3/3"],
  ),
  row(
    "side-windowed",
    (p) => {
      const rate = rates(p).asSingleton({ default: "none" });
      return p
        .create("Events", [1, 9, 15, 25])
        .withTimestamps((at) => at)
        .window(fixedWindows(5))
        .map("Tag", (at, { side }) => `${at} ${side.rate}`, { side: { rate } });
    },
    ["1 low", "9 low", "15 high", "25 none"],
  ),
  row(
    "side-windowed-in-each-window",
    (p) => {
      const rate = rates(p).asList();
      // Windows [0, 10) and [5, 15): their last instants are in the rates' first and second window.
      return p
        .create("Events", [7])
        .withTimestamps((at) => at)
        .window(slidingWindows({ size: 10, every: 5 }))
        .map("Tag", (at, { side, window }) => `${at} ${place(window)} ${side.rate.join()}`, {
          side: { rate },
        });
    },
    ["7 0-10 low", "7 5-15 high"],
  ),
  row(
    "side-windowed-map",
    (p) => {
      const lengths = rates(p)
        .keyBy((name) => name.length)
        .asMultimap();
      return p
        .create("Events", [1, 15])
        .withTimestamps((at) => at)
        .window(fixedWindows(10))
        .map("Look", (at, { side }) => [at, [...side.lengths.get(4)], [...side.lengths.keys()]], {
          side: { lengths },
        });
    },
    [
      [1, [], [3]],
      [15, ["high"], [4]],
    ],
  ),
  row<unknown>(
    "side-large",
    (p) => {
      const all = numbered(p, 100).values().asIterable();
      return p.create([0, 1]).map(
        "Measure",
        (n, { side }) => {
          let length = n;
          for (const text of side.all) length += text.length;
          return length;
        },
        { side: { all } },
      );
    },
    [588_890, 588_891],
  ),
  row<unknown>(
    "side-many-keys",
    (p) => {
      const map = numbered(p, 2).asMap();
      return p
        .create([0, 1777, 1999, 2000])
        .map("Look", (n, { side }) => side.map.get(n) ?? side.map.size, { side: { map } });
    },
    ["n0", "n1777", "n1999", 2000],
  ),
];

/** "low" in [0, 10) and "high" in [10, 20). */
function rates(p: Pipeline): PCollection<string> {
  return p
    .create<[string, number]>("Rates", [
      ["low", 3],
      ["high", 12],
    ])
    .withTimestamps(([, at]) => at)
    .window(fixedWindows(10))
    .keys();
}

function place(window: Window): string {
  return window.kind === "interval" ? `${window.start}-${window.end}` : "everywhere";
}

/** Pairs of `[n, "n<n>"]`, for as many thousand numbers. */
function numbered(p: Pipeline, thousands: number): PCollection<[number, string]> {
  return p
    .create(
      "Starts",
      Array.from({ length: thousands }, (_, i) => i * 1000),
    )
    .flatMap("Numbers", (from) =>
      Array.from({ length: 1000 }, (_, i): [number, string] => [from + i, `n${from + i}`]),
    );
}
