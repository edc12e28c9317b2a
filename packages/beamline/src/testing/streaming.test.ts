import { describe, expect, test } from "vitest";
import { sum } from "../combiners/sum.js";
import type { ProcessContext } from "../fn/context.js";
import { DoFn } from "../fn/do-fn.js";
import type { PCollection } from "../pipeline/pcollection.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { LocalJob } from "../runners/local/local-job.js";
import type { LocalRunOptions } from "../runners/local/run-options.js";
import {
  afterCount,
  afterProcessingTime,
  afterWatermark,
  repeatedly,
} from "../windowing/triggers.js";
import { fixedWindows, globalWindows, sessions, slidingWindows } from "../windowing/windows.js";
import { testStream } from "./test-stream.js";

/** What a run gives, with windows and panes in short. */
async function run<T>(build: (p: Pipeline) => PCollection<T>, options: LocalRunOptions = {}) {
  const pipeline = new Pipeline("test");
  const { id } = build(pipeline);
  const job = new LocalJob(pipeline.toGraph(), { strictEncoding: true, ...options }, [id]);
  const { counters } = await job.run();
  const elements = job.readWithMeta(id).map(({ value, meta }) => {
    const [window] = meta.windows;
    const place = window?.kind === "interval" ? `[${window.start}, ${window.end})` : "global";
    return [value, place, meta.pane.timing, meta.pane.index, meta.timestamp] as const;
  });
  return { elements, counters };
}

const sumIn = (value: unknown) => (value as readonly [string, number])[1];
const scores = () => testStream<[string, number]>();

describe("a streaming pipeline", () => {
  test("emits a window when the watermark has passed its end", async () => {
    const stream = scores()
      .add([["a", 1], 1], [["a", 2], 9], [["b", 5], 4])
      .advanceWatermarkTo(10)
      .add([["a", 4], 12])
      .advanceWatermarkTo(15)
      .add([["a", 8], 19]);
    const { elements } = await run((p) =>
      p.apply(stream).window(fixedWindows(10)).combinePerKey(sum()),
    );
    expect(elements).toEqual([
      [["a", 3], "[0, 10)", "on-time", 0, 9],
      [["b", 5], "[0, 10)", "on-time", 0, 9],
      [["a", 12], "[10, 20)", "on-time", 0, 19],
    ]);
  });

  test("puts an element into each sliding window", async () => {
    const stream = scores().add([["a", 1], 5]);
    const { elements } = await run((p) =>
      p
        .apply(stream)
        .window(slidingWindows({ size: 10, every: 5 }))
        .combinePerKey(sum()),
    );
    expect(elements.map(([, window]) => window).sort()).toEqual(["[0, 10)", "[5, 15)"]);
  });

  test("drops what is too late, and counts it", async () => {
    const stream = scores()
      .add([["a", 1], 1])
      .advanceWatermarkTo(20)
      .add([["a", 2], 3]);
    const { elements, counters } = await run((p) =>
      p
        .apply(stream)
        .window(fixedWindows(10))
        .groupByKey("Group")
        .map(([key]) => key),
    );
    expect(elements.map(([key]) => key)).toEqual(["a"]);
    expect(counters).toEqual([{ transform: "Group", name: "DroppedDueToLateness", value: 1 }]);
  });

  test("takes late elements within the allowed lateness", async () => {
    const stream = scores()
      .add([["a", 1], 1])
      .advanceWatermarkTo(10)
      .add([["a", 2], 2])
      .advanceWatermarkTo(30)
      .add([["a", 4], 3]);
    const { elements } = await run((p) =>
      p
        .apply(stream)
        .window(fixedWindows(10), {
          trigger: afterWatermark({ late: afterCount(1) }),
          allowedLateness: 15,
          accumulation: "accumulating",
        })
        .combinePerKey(sum()),
    );
    expect(elements.map(([value, , timing, index]) => [sumIn(value), timing, index])).toEqual([
      [1, "on-time", 0],
      [3, "late", 1],
    ]);
  });

  test("fires early when the clock says so", async () => {
    const stream = scores()
      .add([["a", 1], 1])
      .advanceProcessingTime({ seconds: 10 })
      .add([["a", 2], 2])
      .advanceProcessingTime({ seconds: 5 })
      .advanceProcessingTime({ seconds: 5 })
      .advanceWatermarkToInfinity();
    const early = afterProcessingTime({ delay: { seconds: 10 } });
    const { elements } = await run((p) =>
      p
        .apply(stream)
        .window(fixedWindows(10), {
          trigger: afterWatermark({ early: repeatedly(early) }),
          allowedLateness: 0,
          accumulation: "discarding",
        })
        .combinePerKey(sum()),
    );
    expect(elements.map(([value, , timing]) => [sumIn(value), timing])).toEqual([
      [1, "early"],
      [2, "early"],
      [0, "on-time"],
    ]);
  });

  test("merges sessions by key", async () => {
    const stream = scores()
      .add([["a", 1], 0], [["b", 1], 3], [["a", 2], 8])
      .add([["a", 4], 30])
      .advanceWatermarkTo(25);
    const { elements } = await run((p) =>
      p.apply(stream).window(sessions(10)).combinePerKey(sum()),
    );
    expect(elements.map(([value, window]) => [value, window])).toEqual([
      [["b", 1], "[3, 13)"],
      [["a", 3], "[0, 18)"],
      [["a", 4], "[30, 40)"],
    ]);
  });

  test("waits for the window of a side input, and not for its end", async () => {
    const stream = testStream<number>()
      .add([1, 1], [5, 2])
      .advanceWatermarkTo(10)
      .add([3, 11])
      .advanceWatermarkTo(20);
    const { elements } = await run((p) => {
      const numbers = p.apply(stream).window(fixedWindows(10));
      const highest = numbers.max("Highest").asSingleton({ default: undefined });
      return numbers.map("Share", (n, ctx) => `${n} of ${ctx.side.highest}`, {
        side: { highest },
      });
    });
    expect(elements.map(([text, window]) => [text, window])).toEqual([
      ["1 of 5", "[0, 10)"],
      ["5 of 5", "[0, 10)"],
      ["3 of 3", "[10, 20)"],
    ]);
  });

  test("goes on as soon as the window of a side input is complete", async () => {
    const stream = testStream<number>().add([1, 1]).advanceWatermarkTo(10).add([3, 11]);
    const log: string[] = [];
    await run((p) => {
      const numbers = p
        .apply(stream)
        .map("See", (n) => {
          log.push(`came ${n}`);
          return n;
        })
        .window(fixedWindows(10));
      const highest = numbers.max("Highest").asSingleton({ default: undefined });
      return numbers.map("Share", (n, ctx) => log.push(`${n} of ${ctx.side.highest}`), {
        side: { highest },
      });
    });
    expect(log).toEqual(["came 1", "1 of 1", "came 3", "3 of 3"]);
  });

  test("sees what a globally windowed side input has so far", async () => {
    const updates = testStream<string>().addValues("first").advanceWatermarkToInfinity();
    const { elements } = await run((p) => {
      const seen = p
        .apply(updates)
        .window("Always", globalWindows(), {
          trigger: repeatedly(afterCount(1)),
          accumulation: "discarding",
          allowedLateness: 0,
        })
        .asList();
      return p
        .create([1])
        .map("Look", (n, ctx) => `${n}: ${ctx.side.seen.join()}`, { side: { seen } });
    });
    expect(elements.map(([text]) => text)).toEqual(["1: first"]);
  });

  test("runs a failed bundle again from the state before it", async () => {
    let failures = 1;
    class Total extends DoFn<[string, number], number> {
      private readonly total = this.valueState<number>();

      override process([, n]: [string, number], ctx: ProcessContext<number>): void {
        this.total.write((this.total.read() ?? 0) + n);
        if (n === 4 && failures-- > 0) throw new Error(`failure at ${this.total.read()}`);
        ctx.output(this.total.read() ?? 0);
      }
    }
    const stream = scores()
      .add([["a", 1], 1])
      .add([["a", 2], 2], [["a", 4], 3]);
    const { elements } = await run((p) => p.apply(stream).parDo(() => new Total()));
    expect(elements.map(([total]) => total)).toEqual([1, 3, 7]);
  });

  test("lets go of the state of windows that have expired, and ends", async () => {
    const stream = scores()
      .add([["a", 1], 1], [["b", 2], 2])
      .advanceWatermarkTo(12)
      .add([["a", 4], 3], [["a", 8], 14]);
    const { elements } = await run((p) =>
      p
        .apply(stream)
        .window(fixedWindows(10), { allowedLateness: 10, accumulation: "discarding" })
        .parDo(() => new Gather()),
    );
    expect(elements.map(([text, window]) => [text, window])).toEqual([
      ["a: 1", "[0, 10)"],
      ["b: 2", "[0, 10)"],
      ["a: 1,4", "[0, 10)"],
      ["a: 8", "[10, 20)"],
    ]);
  });

  test("keeps state, and fires timers by event time and by the clock", async () => {
    const stream = scores()
      .add([["a", 1], 1], [["a", 2], 2], [["b", 4], 3])
      .advanceWatermarkTo(50)
      .add([["b", 8], 60])
      .advanceProcessingTime({ minutes: 1 })
      .advanceWatermarkToInfinity();
    const { elements } = await run((p) => p.apply(stream).parDo(() => new Flush()));
    expect(elements.map(([text]) => text)).toEqual([
      "first a",
      "first b",
      "a: 3 at 22",
      "b: 4 at 23",
      "tick a",
      "tick b",
      "b: 12 at 80",
    ]);
  });
});

/** Emits what has come for a key and window when the window ends, and keeps it. */
class Gather extends DoFn<[string, number], string> {
  private readonly numbers = this.bagState<number>();
  private readonly end = this.eventTimer((ctx) => {
    ctx.output(`${ctx.key}: ${[...this.numbers.read()].join()}`);
  });

  override process([, n]: [string, number], ctx: ProcessContext<string>): void {
    this.numbers.add(n);
    this.end.set(ctx.window.end - 1);
  }
}

class Flush extends DoFn<[string, number], string> {
  private readonly sum = this.valueState<number>();
  private readonly flush = this.eventTimer((ctx) => {
    ctx.output(`${ctx.key}: ${this.sum.read()} at ${ctx.fireTimestamp}`);
  });
  private readonly tick = this.processingTimer((ctx) => ctx.output(`tick ${ctx.key}`));

  override process([key, n]: [string, number], ctx: ProcessContext<string>): void {
    const before = this.sum.read();
    if (before === undefined) {
      ctx.output(`first ${key}`);
      this.tick.setIn({ minutes: 1 });
    }
    this.sum.write((before ?? 0) + n);
    this.flush.set(ctx.timestamp + 20);
  }
}
