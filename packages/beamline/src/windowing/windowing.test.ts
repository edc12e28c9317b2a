import { describe, expect, test } from "vitest";
import { END_OF_GLOBAL_WINDOW, MIN_TIMESTAMP } from "../model/time.js";
import { GLOBAL_WINDOW, type IntervalWindow, type Window } from "../model/window.js";
import { type Assign, assignerOf } from "./assign.js";
import { continuationOf } from "./continuation-trigger.js";
import { describeTrigger, describeWindowFn } from "./describe.js";
import { assignsToSeveral, isMerging, mergesOf } from "./merge.js";
import { areCompatible } from "./same-windowing.js";
import { sideInputWindowOf } from "./side-input-window.js";
import type { Trigger } from "./trigger.js";
import { isSafe } from "./trigger-safety.js";
import {
  afterAll,
  afterCount,
  afterEach,
  afterFirst,
  afterProcessingTime,
  afterWatermark,
  defaultTrigger,
  never,
  orFinally,
  repeatedly,
} from "./triggers.js";
import type { WindowFn } from "./window-fn.js";
import { GLOBAL_WINDOWING } from "./windowing-strategy.js";
import {
  calendarDays,
  calendarMonths,
  calendarYears,
  customWindows,
  fixedWindows,
  globalWindows,
  interval,
  sessions,
  slidingWindows,
} from "./windows.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function windowsOf(windowFn: WindowFn, timestamp: number, element?: unknown) {
  const assign: Assign = await assignerOf(windowFn);
  return assign(timestamp, element);
}

function pairs(windows: readonly Window[]): [number, number][] {
  return windows.map(({ start, end }) => [start, end]);
}

describe("assignerOf", () => {
  test.each<[WindowFn, number, [number, number][]]>([
    [fixedWindows(10), 0, [[0, 10]]],
    [fixedWindows(10), 9, [[0, 10]]],
    [fixedWindows(10), -1, [[-10, 0]]],
    [fixedWindows(10), -10, [[-10, 0]]],
    [fixedWindows(10, { offset: 3 }), 2, [[-7, 3]]],
    [fixedWindows(10, { offset: 13 }), 3, [[3, 13]]],
    [
      slidingWindows({ size: 10, every: 5 }),
      12,
      [
        [10, 20],
        [5, 15],
      ],
    ],
    [
      slidingWindows({ size: 10, every: 5, offset: 1 }),
      -4,
      [
        [-4, 6],
        [-9, 1],
      ],
    ],
    [slidingWindows({ size: 3, every: 10 }), 12, [[10, 13]]],
    [slidingWindows({ size: 3, every: 10 }), 13, []],
    [sessions(10), 7, [[7, 17]]],
  ])("puts %j, at %i, into %j", async (windowFn, timestamp, expected) => {
    expect(pairs(await windowsOf(windowFn, timestamp))).toEqual(expected);
  });

  test("gives sliding windows that all hold the element, whatever came before", async () => {
    for (const [size, every, offset] of [
      [10, 5, 0],
      [10, 3, 1],
      [7, 4, 2],
      [3, 10, 5],
      [10, 10, 0],
    ] as const) {
      const windowFn = slidingWindows({ size, every, offset });
      const shared = (await assignerOf(windowFn)) as Assign;
      for (let i = 0; i < 400; i++) {
        const at = ((i * 37) % 200) - 100;
        const given = pairs(shared(at, undefined));
        expect(given).toEqual(pairs(await windowsOf(windowFn, at)));
        const starts = Array.from({ length: 400 }, (_, n) => (n - 200) * every + offset);
        const holding = starts.filter((start) => start <= at && at < start + size);
        expect(given.map(([start]) => start).sort((a, b) => a - b)).toEqual(holding);
      }
    }
  });

  test("keeps windows at the ends of time within Beam's instants", async () => {
    const [first] = await windowsOf(fixedWindows({ hours: 1 }), MIN_TIMESTAMP);
    expect(first?.start).toBe(MIN_TIMESTAMP);
    expect(first?.end).toBeGreaterThan(MIN_TIMESTAMP);
    const [last] = await windowsOf(sessions({ days: 400 }), END_OF_GLOBAL_WINDOW - DAY);
    expect(last?.end).toBe(END_OF_GLOBAL_WINDOW);
  });

  test("shares windows between elements", async () => {
    const assign = (await assignerOf(fixedWindows(10))) as Assign;
    expect(assign(1, undefined)).toBe(assign(9, undefined));
    expect(await windowsOf(globalWindows(), 5)).toEqual([GLOBAL_WINDOW]);
  });

  test("asks a custom function, and refuses what is no window", async () => {
    const even = customWindows({ name: "x", assign: (_at, n) => [interval(0, Number(n) + 1)] });
    expect(pairs(await windowsOf(even, 0, 7))).toEqual([[0, 8]]);
    const bad = (assign: () => unknown, one = false) =>
      windowsOf(customWindows({ name: "x", assign: assign as never, assignsToOneWindow: one }), 0);
    await expect(bad(() => [{ start: 5, end: 5 }])).rejects.toThrow(
      'Cannot put an element into the windows "x"',
    );
    await expect(bad(() => [undefined])).rejects.toThrow("start < end");
    await expect(bad(() => [interval(0, 1), interval(1, 2)], true)).rejects.toThrow(
      "assignsToOneWindow",
    );
  });
});

describe("calendar windows", () => {
  const at = (text: string) => Date.parse(text);

  test.each<[string, WindowFn, string, string, string]>([
    ["a day in UTC", calendarDays(), "2024-05-05T23:59:59.999Z", "2024-05-05", "2024-05-06"],
    ["a leap day", calendarDays(), "2024-02-29T12:00Z", "2024-02-29", "2024-03-01"],
    [
      "a week that begins on Monday",
      calendarDays({ count: 7, startDate: "2024-01-01" }),
      "2024-05-05T00:00Z",
      "2024-04-29",
      "2024-05-06",
    ],
    [
      "days before the start date",
      calendarDays({ count: 10, startDate: "2024-01-11" }),
      "2023-12-31T23:00Z",
      "2023-12-22",
      "2024-01-01",
    ],
    ["a month", calendarMonths(), "2023-02-28T23:00Z", "2023-02-01", "2023-03-01"],
    [
      "a quarter",
      calendarMonths({ count: 3, startDate: "2024-01-01" }),
      "2025-12-31T00:00Z",
      "2025-10-01",
      "2026-01-01",
    ],
    [
      "months before 1970",
      calendarMonths({ count: 2 }),
      "1969-12-31T00:00Z",
      "1969-11-01",
      "1970-01-01",
    ],
    [
      "a fiscal year",
      calendarYears({ startDate: "2020-04-01" }),
      "2024-03-31T23:59Z",
      "2023-04-01",
      "2024-04-01",
    ],
  ])("hold %s", async (_what, windowFn, timestamp, start, end) => {
    expect(pairs(await windowsOf(windowFn, at(timestamp)))).toEqual([[at(start), at(end)]]);
  });

  test("follow a time zone, also where clocks change", async () => {
    const berlin = calendarDays({ timeZone: "Europe/Berlin" });
    const [summer] = await windowsOf(berlin, at("2024-03-31T12:00Z"));
    expect(summer).toMatchObject({ start: at("2024-03-30T23:00Z"), end: at("2024-03-31T22:00Z") });
    const [winter] = await windowsOf(berlin, at("2024-10-27T12:00Z"));
    expect(Number(winter?.end) - Number(winter?.start)).toBe(25 * HOUR);
    // A day that never was: Samoa went over the date line.
    const samoa = calendarDays({ timeZone: "Pacific/Apia" });
    const [before] = await windowsOf(samoa, at("2011-12-30T09:59Z"));
    const [after] = await windowsOf(samoa, at("2011-12-30T10:00Z"));
    expect(before?.end).toBe(after?.start);
  });

  test("follow one another without gap or overlap", async () => {
    const windowFn = calendarMonths({
      count: 5,
      timeZone: "America/New_York",
      startDate: "2001-01-31",
    });
    const assign = (await assignerOf(windowFn)) as Assign;
    let [window] = assign(at("1995-01-01T00:00Z"), undefined);
    for (let i = 0; i < 60; i++) {
      const [next] = assign(window?.end ?? 0, undefined);
      expect(next?.start).toBe(window?.end);
      expect(assign((next?.end ?? 0) - 1, undefined)).toEqual([next]);
      window = next;
    }
  });

  test("take elements that have no date, too", async () => {
    const [window] = await windowsOf(calendarDays(), MIN_TIMESTAMP);
    expect(window?.start).toBe(MIN_TIMESTAMP);
  });
});

describe("builders", () => {
  test.each<[() => unknown, string, string]>([
    [() => fixedWindows(0), "BAD_WINDOW_FN", "size is 0 ms"],
    [() => fixedWindows(-5), "BAD_DURATION", "-5 is no duration"],
    [() => fixedWindows("1h" as never), "BAD_DURATION", "Cannot make fixed windows"],
    [() => slidingWindows({ size: 10, every: 0 }), "BAD_WINDOW_FN", "every is 0 ms"],
    [() => sessions({ minutes: 0 }), "BAD_WINDOW_FN", "gap is 0 ms"],
    [() => calendarDays({ count: 1.5 }), "BAD_WINDOW_FN", "count is 1.5"],
    [() => calendarDays({ timeZone: "Mars" }), "BAD_WINDOW_FN", '"Mars" is no time zone'],
    [() => calendarYears({ startDate: "2023-02-30" }), "BAD_WINDOW_FN", "2023-02-30"],
    [() => customWindows({ name: "" } as never), "BAD_WINDOW_FN", "a name and a function assign"],
    [() => interval(5, 5), "BAD_WINDOW", "[5, 5)"],
    [() => afterCount(0), "BAD_TRIGGER", "the count is 0"],
    [() => repeatedly(5 as never), "BAD_TRIGGER", "it got 5 where a trigger belongs"],
    [() => afterFirst(), "BAD_TRIGGER", "it got no triggers"],
    [() => afterWatermark({ early: "x" as never }), "BAD_TRIGGER", 'it got "x"'],
    [() => afterProcessingTime({ alignTo: 0 }), "BAD_TRIGGER", "alignTo is 0"],
  ])("%s is refused", (make, code, words) => {
    expect(make).toThrow(words);
    expect(make).toThrow(expect.objectContaining({ code }));
  });

  test("take durations in parts", () => {
    expect(fixedWindows({ minutes: 5 })).toEqual({ kind: "fixed", size: 300_000, offset: 0 });
    expect(slidingWindows({ size: { hours: 1 }, every: { minutes: 5 }, offset: 1000 })).toEqual({
      kind: "sliding",
      size: 3_600_000,
      period: 300_000,
      offset: 1000,
    });
  });

  test.each<WindowFn>([
    globalWindows(),
    fixedWindows(10),
    fixedWindows(10, { offset: 1 }),
    slidingWindows({ size: 10, every: 5 }),
    sessions(5),
  ])("describeWindowFn says %j as it is written", (windowFn) => {
    const builders = { globalWindows, fixedWindows, slidingWindows, sessions };
    const names = Object.keys(builders);
    const make = new Function(...names, `return ${describeWindowFn(windowFn)}`);
    expect(make(...Object.values(builders))).toEqual(windowFn);
  });

  test.each<Trigger>([
    defaultTrigger(),
    never(),
    afterWatermark(),
    afterWatermark({ early: afterCount(1), late: afterProcessingTime({ delay: 5 }) }),
    repeatedly(afterEach(afterFirst(afterCount(1)), afterAll(afterCount(2), afterCount(3)))),
    orFinally(repeatedly(afterCount(1)), afterWatermark()),
  ])("describeTrigger says %j as it is written", (trigger) => {
    const builders = {
      defaultTrigger,
      never,
      afterWatermark,
      afterCount,
      afterProcessingTime,
      repeatedly,
      afterEach,
      afterFirst,
      afterAll,
      orFinally,
    };
    const make = new Function(...Object.keys(builders), `return ${describeTrigger(trigger)}`);
    expect(make(...Object.values(builders))).toEqual(trigger);
  });
});

describe("merging", () => {
  const windows = (...given: [number, number][]) =>
    given.map(([start, end]) => interval(start, end));

  test("mergesOf unites sessions that overlap, but not those that only touch", () => {
    const merges = mergesOf(
      sessions(1),
      windows([0, 10], [25, 30], [10, 15], [5, 8], [7, 9], [29, 40]),
    );
    expect(
      merges.map(({ from, to }) => [pairs(from).sort(([a], [b]) => a - b), pairs([to])[0]]),
    ).toEqual([
      [
        [
          [0, 10],
          [5, 8],
          [7, 9],
        ],
        [0, 10],
      ],
      [
        [
          [25, 30],
          [29, 40],
        ],
        [25, 40],
      ],
    ]);
  });

  test("mergesOf refuses a custom merge of windows that it was not given, or twice", () => {
    const merging = (merge: (windows: readonly IntervalWindow[]) => IntervalWindow[][]) =>
      customWindows({ name: "x", assign: () => [], merge });
    const given = windows([0, 1], [1, 2]);
    expect(() =>
      mergesOf(
        merging(() => [windows([0, 1], [5, 6])]),
        given,
      ),
    ).toThrow("[5, 6)");
    expect(() =>
      mergesOf(
        merging((all) => [[...all], [...all]]),
        given,
      ),
    ).toThrow("twice");
    expect(
      mergesOf(
        merging(([a]) => [a === undefined ? [] : [a]]),
        given,
      ),
    ).toEqual([]);
  });

  test("tells which windows merge, and which an element can be in at once", () => {
    expect(isMerging(sessions(1))).toBe(true);
    expect(isMerging(fixedWindows(1))).toBe(false);
    expect(assignsToSeveral(slidingWindows({ size: 2, every: 1 }))).toBe(true);
    expect(assignsToSeveral(slidingWindows({ size: 2, every: 2 }))).toBe(false);
    expect(assignsToSeveral(customWindows({ name: "x", assign: () => [] }))).toBe(true);
  });

  test("areCompatible takes sessions of any gap, and custom windows of the same name", () => {
    expect(areCompatible(sessions(1), sessions(2))).toBe(true);
    expect(areCompatible(fixedWindows(1), fixedWindows(2))).toBe(false);
    expect(areCompatible(fixedWindows(1), sessions(1))).toBe(false);
    const x = () => customWindows({ name: "x", assign: () => [] });
    expect(areCompatible(x(), x())).toBe(true);
  });
});

describe("sideInputWindowOf", () => {
  test.each<[WindowFn, Window, [number, number]]>([
    [fixedWindows(10), interval(13, 17), [10, 20]],
    [fixedWindows(10), interval(13, 20), [10, 20]],
    [fixedWindows(10), interval(13, 21), [20, 30]],
    [slidingWindows({ size: 10, every: 5 }), interval(0, 13), [5, 15]],
    [calendarDays(), interval(0, DAY), [0, DAY]],
  ])("of %j finds for %j the earliest that holds its end", async (windowFn, main, expected) => {
    const mapping = await sideInputWindowOf(windowFn);
    expect(pairs([mapping(main)])).toEqual([expected]);
  });

  test("asks a custom function", async () => {
    const windowFn = customWindows({
      name: "x",
      assign: () => [],
      merge: () => [],
      sideInputWindow: (end) => interval(end - 1, end),
    });
    const mapping = await sideInputWindowOf(windowFn);
    expect(mapping(interval(0, 11))).toMatchObject({ start: 9, end: 10 });
  });

  test("refuses windows that merge, and a main input in the global window", async () => {
    expect(() => sideInputWindowOf(sessions(5))).toThrow("such windows merge");
    const mapping = await sideInputWindowOf(fixedWindows(5));
    expect(() => mapping(GLOBAL_WINDOW)).toThrow("the main input is in the global window");
  });
});

describe("continuationOf", () => {
  test.each<[Trigger, Trigger]>([
    [defaultTrigger(), defaultTrigger()],
    [never(), never()],
    [afterCount(5), afterCount(1)],
    [afterProcessingTime({ delay: 5 }), { kind: "afterSynchronizedProcessingTime" }],
    [
      afterWatermark({ early: afterCount(5), late: afterCount(2) }),
      afterWatermark({ early: afterCount(1), late: afterCount(1) }),
    ],
    [repeatedly(afterCount(9)), repeatedly(afterCount(1))],
    [afterEach(afterCount(2), never()), repeatedly(afterFirst(afterCount(1), never()))],
    [
      orFinally(repeatedly(afterCount(2)), afterCount(9)),
      repeatedly(orFinally(repeatedly(afterCount(1)), afterCount(1))),
    ],
  ])("of %j is %j", (trigger, expected) => {
    expect(continuationOf(trigger)).toEqual(expected);
  });
});

describe("isSafe", () => {
  test.each<[Trigger, number, boolean]>([
    [defaultTrigger(), 10, true],
    [never(), 10, true],
    [afterWatermark(), 0, true],
    [afterWatermark(), 10, false],
    [afterWatermark({ late: afterCount(1) }), 10, true],
    [afterCount(1), 0, false],
    [repeatedly(afterCount(1)), 0, true],
    [afterFirst(repeatedly(afterCount(1)), afterCount(5)), 0, false],
    [afterAll(repeatedly(afterCount(1)), afterCount(5)), 0, true],
    [afterEach(afterCount(1), repeatedly(afterCount(2))), 0, true],
    [orFinally(repeatedly(afterCount(1)), afterCount(5)), 0, false],
  ])("of %j with a lateness of %i is %s", (trigger, allowedLateness, expected) => {
    expect(isSafe({ ...GLOBAL_WINDOWING, trigger, allowedLateness })).toBe(expected);
  });
});
