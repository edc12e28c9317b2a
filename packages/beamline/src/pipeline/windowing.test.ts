import { describe, expect, test } from "vitest";
import { sum } from "../combiners/sum.js";
import { collect } from "../testing/collect.js";
import { testStream } from "../testing/test-stream.js";
import type { Trigger } from "../windowing/trigger.js";
import {
  afterCount,
  afterProcessingTime,
  afterWatermark,
  never,
  repeatedly,
} from "../windowing/triggers.js";
import { fixedWindows, globalWindows, sessions, slidingWindows } from "../windowing/windows.js";
import type { PCollection } from "./pcollection.js";
import { Pipeline } from "./pipeline.js";

function numbers(p: Pipeline): PCollection<number> {
  return p.create("Numbers", [1, 2]);
}

function endless(p: Pipeline): PCollection<number> {
  return p.apply("Endless", testStream<number>().add([1, 0]));
}

function windowingOf(collection: PCollection<unknown>) {
  return collection.builder.flowAt(collection.id).windowing;
}

const MINUTE = fixedWindows({ minutes: 1 });

describe("bad windowing is refused while the pipeline is built", () => {
  const cases: readonly [string, (p: Pipeline) => unknown, string, string][] = [
    [
      "unbounded input in the global window without a trigger",
      (p) =>
        endless(p)
          .keyBy((n) => n)
          .groupByKey("Group"),
      "ENDLESS_WINDOW",
      'Cannot group in "Group": its input is unbounded',
    ],
    ["the same below a combine", (p) => endless(p).sum("Total"), "ENDLESS_WINDOW", '"Total/Group"'],
    [
      "a flatten of different windows",
      (p) => numbers(p).flatten("Both", numbersAgain(p).window(MINUTE)),
      "INCOMPATIBLE_WINDOWING",
      'Cannot flatten in "Both": "Numbers/Spread.out" is in globalWindows() and "Window.out" in fixedWindows(60000)',
    ],
    [
      "a flatten of different triggers",
      (p) => {
        const options = { accumulation: "discarding", allowedLateness: 0 } as const;
        const first = numbers(p).window("First", MINUTE, {
          ...options,
          trigger: repeatedly(afterCount(1)),
        });
        const second = numbersAgain(p).window("Second", MINUTE, {
          ...options,
          trigger: repeatedly(afterCount(2)),
        });
        return first.flatten(second);
      },
      "INCOMPATIBLE_WINDOWING",
      '"First.out" has the trigger repeatedly(afterCount(1)) and "Second.out" repeatedly(afterCount(2))',
    ],
    [
      "a trigger that finishes",
      (p) =>
        endless(p)
          .window(globalWindows(), { trigger: afterCount(3), accumulation: "discarding" })
          .sum("Total"),
      "UNSAFE_TRIGGER",
      "its trigger afterCount(3) finishes before the window does, and what comes after is lost; did you mean repeatedly(afterCount(3))?",
    ],
    [
      "afterWatermark with lateness, but no late firings",
      (p) =>
        endless(p)
          .window(MINUTE, {
            trigger: afterWatermark({ early: afterCount(1) }),
            accumulation: "discarding",
            allowedLateness: 5,
          })
          .count(),
      "UNSAFE_TRIGGER",
      "late data is allowed, but its trigger afterWatermark({ early: afterCount(1) }) finishes",
    ],
    [
      "a trigger without a word on lateness",
      (p) => numbers(p).window("Minutes", MINUTE, { trigger: never(), accumulation: "discarding" }),
      "LATENESS_NOT_SPECIFIED",
      'Cannot apply "Minutes": with the trigger never() it has to be said how late data may come; give allowedLateness',
    ],
    [
      "a trigger without a word on accumulation",
      (p) => numbers(p).window(globalWindows(), { trigger: repeatedly(afterCount(1)) }),
      "ACCUMULATION_NOT_SPECIFIED",
      "can emit several panes; give accumulation",
    ],
    [
      "lateness without a word on accumulation",
      (p) => numbers(p).window(MINUTE, { allowedLateness: 5 }),
      "ACCUMULATION_NOT_SPECIFIED",
      "with an allowed lateness of 5 ms",
    ],
    [
      "what is no window function",
      (p) => numbers(p).window(60 as never),
      "BAD_WINDOW_FN",
      "window() got 60 where a window function belongs",
    ],
    [
      "what is no trigger",
      (p) => numbers(p).window(MINUTE, { trigger: "daily" as never }),
      "BAD_TRIGGER",
      'its trigger is "daily"',
    ],
    [
      "an unknown mode",
      (p) => numbers(p).window(MINUTE, { accumulation: "retracting" as never }),
      "BAD_WINDOW_OPTION",
      'accumulation is "retracting"; give "discarding" or "accumulating"',
    ],
    [
      "a negative skew",
      (p) => numbers(p).withTimestamps("Stamp", (n) => n, { allowedSkew: -1 }),
      "BAD_DURATION",
      'Cannot allow a skew in "Stamp"',
    ],
  ];

  test.each(cases)("%s", (_what, build, code, words) => {
    const attempt = () => build(new Pipeline("test"));
    expect(attempt).toThrow(words);
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });

  const numbersAgain = (p: Pipeline) => p.create("More", [3]);
});

describe("PCollection.window", () => {
  const early: Trigger = afterWatermark({ early: afterProcessingTime({ delay: 10 }) });

  test("inherits what is not said from the input", () => {
    const first = numbers(new Pipeline("test")).window("First", MINUTE, {
      trigger: early,
      accumulation: "accumulating",
      allowedLateness: 0,
      timestampCombiner: "earliest",
      closing: "emit-always",
      onTime: "fire-if-nonempty",
    });
    const second = first.window("Second", sessions(5));
    expect(windowingOf(second)).toEqual({ ...windowingOf(first), windowFn: sessions(5) });
  });

  test("never allows less lateness than the input does", () => {
    const first = numbers(new Pipeline("test")).window(MINUTE, {
      allowedLateness: { seconds: 5 },
      accumulation: "discarding",
    });
    expect(windowingOf(first.window("Less", MINUTE, { allowedLateness: 1 })).allowedLateness).toBe(
      5000,
    );
  });

  test("takes a grouping's output on with its continuation trigger, windows merged", () => {
    const grouped = numbers(new Pipeline("test"))
      .window(sessions(5), {
        trigger: repeatedly(afterCount(7)),
        accumulation: "discarding",
        allowedLateness: 0,
      })
      .keyBy((n) => n)
      .groupByKey();
    expect(windowingOf(grouped)).toMatchObject({
      trigger: repeatedly(afterCount(1)),
      alreadyMerged: true,
    });
    // Windowed anew, they merge anew.
    expect(windowingOf(grouped.window("Again", sessions(9))).alreadyMerged).toBe(false);
  });

  test("leaves what was never windowed as it was, to the object", () => {
    const grouped = numbers(new Pipeline("test"))
      .keyBy((n) => n)
      .groupByKey();
    const { windowing } = grouped.builder.flowAt(grouped.id);
    expect(windowing).toBe(windowingOf(numbers(new Pipeline("test"))));
  });
});

describe("windowed pipelines", () => {
  test("names the function that does not declare its use of the window", async () => {
    const run = collect((p) =>
      numbers(p)
        .withTimestamps((n) => n)
        .window(slidingWindows({ size: 10, every: 5 }))
        .map("Sly", (...[n, ctx]) => [n, ctx.window.start]),
    );
    await expect(run).rejects.toThrow('Cannot tell the window of an element in "Sly"');
  });

  test("withTimestamps refuses to go back in time further than the skew", async () => {
    const back = (allowedSkew: number) =>
      collect((p) =>
        numbers(p)
          .withTimestamps("Late", () => 100)
          .withTimestamps("Early", () => 40, { allowedSkew })
          .reifyTimestamps(),
      );
    await expect(back(59)).rejects.toThrow('Cannot emit from "Early" at 40');
    expect((await back(60)).map(({ timestamp }) => timestamp)).toEqual([40, 40]);
  });

  test.each([
    ["nothing", undefined],
    ["no number", Number.NaN],
    ["an invalid Date", new Date("soon")],
  ])("withTimestamps refuses %s", async (_what, given) => {
    const run = collect((p) => numbers(p).withTimestamps("Stamp", () => given as number));
    await expect(run).rejects.toThrow("it is no instant; return milliseconds since the epoch");
  });

  test("a custom window function that fails is reported with its step and element", async () => {
    const windowFn = {
      kind: "custom",
      fn: {
        name: "broken",
        assign: () => {
          throw new Error("no calendar today");
        },
      },
    } as const;
    const run = collect((p) => numbers(p).window("Broken", windowFn).count());
    await expect(run).rejects.toThrow(/"Broken".*no calendar today/s);
  });

  test("a grouping of input that ends gives each window its one pane", async () => {
    const panes = await collect((p) =>
      numbers(p)
        .withTimestamps((n) => n)
        .window(fixedWindows(10))
        .keyBy((n) => n)
        .groupByKey()
        .map("Pane", (_group, { pane }) => pane),
    );
    const only = { timing: "on-time", isFirst: true, isLast: true, index: 0, onTimeIndex: 0 };
    expect(panes).toEqual([only, only]);
  });

  test("sums count every element of a pane once, lifted or not", async () => {
    const panes = (trigger: Trigger, accumulation: "discarding" | "accumulating") =>
      collect((p) =>
        p
          .apply(
            testStream<[string, number]>()
              .add([["a", 1], 1], [["a", 2], 2])
              .add([["a", 4], 3])
              .advanceWatermarkTo(10)
              .add([["a", 8], 4]),
          )
          .window(fixedWindows(10), { trigger, accumulation, allowedLateness: 100 })
          .combinePerKey(sum())
          .map(([, total], { pane }) => `${pane.timing} ${total}`),
      );
    const late = afterWatermark({ late: afterCount(1) });
    expect(await panes(late, "discarding")).toEqual(["on-time 7", "late 8"]);
    expect(await panes(late, "accumulating")).toEqual(["on-time 7", "late 15"]);
    const counting = afterWatermark({ early: afterCount(2), late: afterCount(1) });
    expect(await panes(counting, "discarding")).toEqual(["early 3", "on-time 4", "late 8"]);
    expect(await panes(counting, "accumulating")).toEqual(["early 3", "on-time 7", "late 15"]);
  });
});
