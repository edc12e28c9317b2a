import { mean } from "../../combiners/mean.js";
import { sum } from "../../combiners/sum.js";
import { combineFn } from "../../fn/combine-fn.js";
import { type IntervalWindow, maxTimestamp } from "../../model/window.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import {
  calendarDays,
  calendarMonths,
  customWindows,
  fixedWindows,
  globalWindows,
  interval,
  sessions,
  slidingWindows,
} from "../../windowing/windows.js";
import { type Row, row } from "./row.js";

const HOUR = 3_600_000;

/** Clicks of two people: who, and when. */
const CLICKS: readonly [string, number][] = [
  ["ann", 1],
  ["ann", 4],
  ["bob", 7],
  ["ann", 12],
  ["bob", 18],
  ["ann", 25],
  ["bob", -3],
];

const clicks = (p: Pipeline) => p.create(CLICKS).withTimestamps(([, at]) => at);

const texts = combineFn<string, string[], string>({
  create: () => [],
  add: (all, one) => [...all, one],
  merge: (a, b) => [...a, ...b],
  extract: (all) => all.sort().join(" "),
});

const gather = ([who, times]: [string, Iterable<number>]): [string, string] => [
  who,
  [...times].sort((a, b) => a - b).join(" "),
];

/** An instant of 2024 in UTC. */
const utc = (text: string) => Date.parse(`2024-${text}Z`);

/** Windows of even and odd seconds, named so by their length. */
const parity = customWindows({
  name: "parity",
  assignsToOneWindow: true,
  assign: (_timestamp, element) => {
    const [, at] = element as [string, number];
    return [interval(0, at % 2 === 0 ? 1000 : 1001)];
  },
});

/** Each click reaches over the next ten milliseconds; windows that touch a common ten unite. */
const decades = customWindows({
  name: "decades",
  assignsToOneWindow: true,
  assign: (timestamp) => [interval(timestamp, timestamp + 2)],
  merge: (windows) => {
    const groups = new Map<number, IntervalWindow[]>();
    for (const window of windows) {
      const decade = Math.floor(window.start / 10);
      groups.set(decade, [...(groups.get(decade) ?? []), window]);
    }
    return groups.values();
  },
});

/** Event time over input that ends. */
export const WINDOW_ROWS: readonly Row[] = [
  row("window-fixed-group", (p) => clicks(p).window(fixedWindows(10)).groupByKey().map(gather), [
    ["ann", "1 4"],
    ["bob", "7"],
    ["ann", "12"],
    ["bob", "18"],
    ["ann", "25"],
    ["bob", "-3"],
  ]),
  row(
    "window-fixed-ends",
    (p) =>
      clicks(p)
        .window(fixedWindows(10, { offset: 3 }))
        .groupByKey()
        .map(([who], ctx) => `${who} [${ctx.window.start},${ctx.window.end}) ${ctx.timestamp}`),
    [
      "ann [-7,3) 2",
      "ann [3,13) 12",
      "bob [3,13) 12",
      "bob [13,23) 22",
      "ann [23,33) 32",
      "bob [-7,3) 2",
    ],
  ),
  row(
    "window-sliding-sum",
    (p) =>
      clicks(p)
        .window(slidingWindows({ size: 20, every: 10 }))
        .combinePerKey(sum())
        .map("Where", ([who, total], ctx) => `${who} ${ctx.window.start} ${total}`),
    [
      "ann -10 5",
      "ann 0 17",
      "ann 10 37",
      "ann 20 25",
      "bob -20 -3",
      "bob -10 4",
      "bob 0 25",
      "bob 10 18",
    ],
  ),
  row(
    "window-sliding-each",
    (p) =>
      p
        .create([15])
        .withTimestamps((at) => at)
        .window(slidingWindows({ size: 30, every: 10 }))
        .map("Plain", (at) => at + 1)
        .map("Start", (at, ctx) => [at, ctx.window.start]),
    [
      [16, -10],
      [16, 0],
      [16, 10],
    ],
  ),
  row(
    "window-sliding-gaps",
    (p) =>
      clicks(p)
        .window(slidingWindows({ size: 5, every: 10 }))
        .values()
        .count(),
    // 1 and 4, 12; 25 is past [20, 25), and 7, 18 and -3 are in the gaps, too.
    [2, 1],
  ),
  row("window-sessions", (p) => clicks(p).window(sessions(8)).groupByKey().map(gather), [
    ["ann", "1 4"],
    ["ann", "12"],
    ["ann", "25"],
    ["bob", "-3"],
    ["bob", "7"],
    ["bob", "18"],
  ]),
  row(
    "window-sessions-merge",
    (p) =>
      clicks(p)
        .window(sessions(12))
        .combinePerKey(sum())
        .map("Where", ([who, total], ctx) => [who, total, ctx.window.start, ctx.window.end]),
    [
      ["ann", 17, 1, 24],
      ["ann", 25, 25, 37],
      ["bob", 22, -3, 30],
    ],
  ),
  row(
    "window-sessions-then-group",
    (p) =>
      clicks(p)
        .window(sessions(12))
        .countPerKey()
        .map("Swap", ([who, count]): [number, string] => [count, who])
        .groupByKey()
        .map("Text", ([count, who]) => [count, [...who].sort().join(" ")]),
    [
      [3, "ann"],
      [1, "ann"],
      [3, "bob"],
    ],
  ),
  row(
    "window-calendar-days",
    (p) =>
      p
        .create(["03-30T22:59:59", "03-30T23:00:00", "03-31T21:59:59", "03-31T22:00:00"])
        .withTimestamps(utc)
        .window(calendarDays({ timeZone: "Europe/Berlin" }))
        .map("Hours", (_text, ctx) => (ctx.window.end - ctx.window.start) / HOUR)
        .countPerElement(),
    // The day on which clocks go forward has 23 hours.
    [
      [24, 1],
      [23, 2],
      [24, 1],
    ],
  ),
  row(
    "window-calendar-months",
    (p) =>
      p
        .create(["01-31T00:00:00", "02-01T00:00:00", "02-29T23:59:59", "12-31T23:59:59"])
        .withTimestamps(utc)
        .window(calendarMonths({ count: 2, startDate: "2024-01-01" }))
        .count()
        .map("Where", (n, ctx) => [n, new Date(ctx.window.start).toJSON().slice(0, 7)]),
    [
      [3, "2024-01"],
      [1, "2024-11"],
    ],
  ),
  row("window-custom", (p) => clicks(p).window(parity).groupByKey().map(gather), [
    ["ann", "4 12"],
    ["ann", "1 25"],
    ["bob", "18"],
    ["bob", "-3 7"],
  ]),
  row(
    "window-custom-merging",
    (p) =>
      clicks(p)
        .window(decades)
        .groupByKey()
        .map("Where", ([who, times], ctx) => [
          who,
          [...times].length,
          ctx.window.start,
          ctx.window.end,
        ]),
    [
      ["ann", 2, 1, 6],
      ["ann", 1, 12, 14],
      ["ann", 1, 25, 27],
      ["bob", 1, -3, -1],
      ["bob", 1, 7, 9],
      ["bob", 1, 18, 20],
    ],
  ),
  row(
    "window-timestamp-earliest",
    (p) =>
      clicks(p)
        .window(fixedWindows(10), { timestampCombiner: "earliest" })
        .combinePerKey(sum())
        .reifyTimestamps()
        .map("At", ({ value, timestamp }) => [...value, timestamp]),
    [
      ["ann", 5, 1],
      ["bob", 7, 7],
      ["ann", 12, 12],
      ["bob", 18, 18],
      ["ann", 25, 25],
      ["bob", -3, -3],
    ],
  ),
  row(
    "window-timestamp-latest",
    (p) =>
      clicks(p)
        .window(fixedWindows(100), { timestampCombiner: "latest" })
        .groupByKey()
        .map("At", ([who], ctx) => [who, ctx.timestamp]),
    [
      ["ann", 25],
      ["bob", 18],
      ["bob", -3],
    ],
  ),
  row(
    "window-combine-globally",
    (p) => clicks(p).values().window(fixedWindows(10)).combineGlobally(mean()),
    [4, 15, 25, -3],
  ),
  row(
    "window-combine-globally-of-nothing",
    (p) => p.create<number>([]).window(fixedWindows(10)).sum(),
    [],
  ),
  row("window-count", (p) => clicks(p).window(fixedWindows(10)).count(), [3, 2, 1, 1]),
  row(
    "window-distinct",
    (p) => clicks(p).keys().window(fixedWindows(20)).distinct().countPerElement(),
    [
      ["ann", 1],
      ["bob", 1],
      ["ann", 1],
      ["bob", 1],
    ],
  ),
  row(
    "window-keys-that-are-objects",
    (p) =>
      p
        .create([
          { a: 1, at: 3 },
          { a: 1, at: 5 },
          { a: 1, at: 13 },
        ])
        .withTimestamps(({ at }) => at)
        .window(fixedWindows(10))
        .map("Key", ({ a, at }): [{ a: number }, string] => [{ a }, String(at)])
        .combinePerKey(texts),
    [
      [{ a: 1 }, "3 5"],
      [{ a: 1 }, "13"],
    ],
  ),
  row(
    "window-reify",
    (p) =>
      p
        .create(["x"])
        .withTimestamps(() => new Date(5))
        .window(fixedWindows(10))
        .reifyWindows(),
    [
      {
        value: "x",
        timestamp: 5,
        window: { kind: "interval", start: 0, end: 10 },
        pane: { timing: "unknown", isFirst: true, isLast: true, index: 0, onTimeIndex: 0 },
      },
    ],
  ),
  row(
    "window-last-instant",
    (p) =>
      clicks(p)
        .window(fixedWindows(100))
        .groupByKey()
        .map("Last", ([who], { window }) => [who, maxTimestamp(window)]),
    [
      ["ann", 99],
      ["bob", 99],
      ["bob", -1],
    ],
  ),
  row(
    "window-through-reshuffle",
    (p) =>
      clicks(p)
        .reshuffle("Before")
        .window(fixedWindows(10))
        .reshuffle("After")
        .map("Where", ([, at], ctx) => [at - ctx.timestamp, ctx.window.start])
        .countPerElement(),
    [
      [[0, 0], 3],
      [[0, 10], 2],
      [[0, 20], 1],
      [[0, -10], 1],
    ],
  ),
  row(
    "window-flatten",
    (p) => {
      const numbers = p.create([1, 11]).withTimestamps((at) => at);
      const first = numbers.window("First", fixedWindows(10));
      const second = numbers.window("Second", fixedWindows(10));
      return first.flatten(second).sum();
    },
    [2, 22],
  ),
  row(
    "window-and-back",
    (p) =>
      clicks(p)
        .window(fixedWindows(10))
        .countPerKey()
        .window("Whole", globalWindows())
        .combinePerKey("Total", sum()),
    [
      ["ann", 4],
      ["bob", 3],
    ],
  ),
  row(
    "window-daily-of-nobody",
    (p) => p.create<string>([]).window(calendarDays()).countPerElement(),
    [],
  ),
];
