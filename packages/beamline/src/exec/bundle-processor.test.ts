import { describe, expect, test } from "vitest";
import { sum } from "../combiners/sum.js";
import type { ProcessContext } from "../fn/context.js";
import { DoFn } from "../fn/do-fn.js";
import { type ElementMeta, IMPULSE_META } from "../model/element-meta.js";
import type { PCollection } from "../pipeline/pcollection.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { planGraph } from "../runners/local/plan.js";
import { BundleProcessor, type BundleSource } from "./bundle-processor.js";

interface Received {
  readonly value: unknown;
  readonly meta: ElementMeta;
}

/** The stage of `steps` alone, fed by hand: what its sink receives goes to `received`. */
function processorOf<T>(steps: (input: PCollection<T>) => PCollection<unknown>): {
  processor: BundleProcessor;
  received: Received[];
} {
  const pipeline = new Pipeline("test");
  const { id } = steps(pipeline.create<T>("In", [] as T[]).reshuffle("Input"));
  const stage = planGraph(pipeline.toGraph(), { results: [id] }).stages.find(
    (each) => each.id === "Input",
  );
  if (stage === undefined) throw new Error("the steps are in no stage");
  const received: Received[] = [];
  const processor = new BundleProcessor(stage, {
    openSink: () => ({ receive: (value, meta) => received.push({ value, meta }) }),
  });
  return { processor, received };
}

function at(timestamp: number): ElementMeta {
  return { ...IMPULSE_META, timestamp };
}

/** Feeds `values`, each at its own timestamp: 1, 2, 3 and so on. */
function sourceOf(values: readonly unknown[]): BundleSource {
  return {
    async feed(entries, gate) {
      for (const [i, value] of values.entries()) {
        for (const receive of entries.values()) receive(value, at(i + 1));
        if (gate.attention && i % 3 === 2) await gate.clear();
      }
    },
  };
}

const VALUES = ["a", "b", "c", "d", "e", "f", "g"];
const STAMPED = VALUES.map((value, i) => `${value}${i + 1}:${i + 1}`);

class Stamp extends DoFn<string, string> {
  private readonly late: boolean;

  constructor(late: boolean) {
    super();
    this.late = late;
  }

  override process(value: string, ctx: ProcessContext<string>): void | Promise<void> {
    const text = `${value}${ctx.timestamp}`;
    if (!this.late || ctx.timestamp % 3 === 0) {
      ctx.output(text);
      return;
    }
    return new Promise((resolve) => setImmediate(resolve)).then(() => ctx.output(text));
  }
}

describe("BundleProcessor", () => {
  test.each<[what: string, steps: (input: PCollection<string>) => PCollection<unknown>]>([
    ["map", (input) => input.map((value, ctx) => `${value}${ctx.timestamp}`)],
    ["flatMap", (input) => input.flatMap((value, ctx) => [`${value}${ctx.timestamp}`])],
    ["a DoFn", (input) => input.parDo(() => new Stamp(false))],
    ["a DoFn that waits now and then", (input) => input.parDo(() => new Stamp(true))],
    [
      "mapAsync",
      (input) =>
        input.mapAsync(async (value, ctx) => {
          await new Promise((resolve) => setImmediate(resolve));
          return `${value}${ctx.timestamp}`;
        }),
    ],
    [
      "ordered mapAsync",
      (input) =>
        input.mapAsync(async (value, ctx) => `${value}${ctx.timestamp}`, {
          ordered: true,
          concurrency: 2,
        }),
    ],
  ])("gives %s, and what it emits, the timestamp of its element", async (_what, steps) => {
    const { processor, received } = processorOf(steps);
    await processor.run(sourceOf(VALUES));
    expect(received.map(({ value, meta }) => `${value}:${meta.timestamp}`).sort()).toEqual(STAMPED);
    await processor.teardown();
  });

  test("counts each bundle anew", async () => {
    const { processor } = processorOf<number>((input) =>
      input.map("Count", (n, ctx) => {
        ctx.counter("sum").inc(n);
        return n;
      }),
    );
    for (const numbers of [[1, 2], [10], []]) {
      const [counts] = await processor.run(sourceOf(numbers));
      expect(counts).toMatchObject({
        step: "Count",
        elements: numbers.length,
        counters: { sum: numbers.reduce((a, b) => a + b, 0) },
      });
      if (numbers.length === 2) expect(processor.progress.elements).toBe(2);
    }
  });

  test("emits accumulators before the bundle ends where there are very many keys", async () => {
    const { processor, received } = processorOf<[number, number]>((input) => {
      const counts = input.combinePerKey("Sum", sum());
      return counts;
    });
    // The stage ends in the shuffle: its sink receives accumulators.
    let during = 0;
    await processor.run({
      feed(entries) {
        for (const receive of entries.values()) {
          for (let key = 0; key < 250_001; key++) receive([key, 1], IMPULSE_META);
        }
        during = received.length;
      },
    });
    expect(during).toBe(250_000);
    expect(received.length).toBe(250_001);
  });

  test.each([
    ["numbers", (i: number) => i],
    ["strings", (i: number) => `key ${i}`],
    ["objects", (i: number) => [i]],
  ])("passes pairs on while hardly any key comes twice: keys that are %s", async (_, keyOf) => {
    const { processor, received } = processorOf<[unknown, number]>((input) =>
      (input as PCollection<[string, number]>).combinePerKey("Sum", sum()),
    );
    let during = 0;
    await processor.run({
      feed(entries) {
        for (const receive of entries.values()) {
          for (let key = 0; key < 300_000; key++) receive([keyOf(key), 2], IMPULSE_META);
          during = received.length;
          // Until another table is tried, and then in that.
          for (let i = 0; i < 9_000_000; i++) receive([keyOf(7), 1], IMPULSE_META);
        }
      },
    });
    // All but the one that found the first table full.
    expect(during).toBe(299_999);
    const sums = received.map(({ value }) => (value as [unknown, number])[1]);
    expect(sums.filter((value) => value > 2)).toHaveLength(1);
    expect(sums.reduce((a, b) => a + b)).toBe(600_000 + 9_000_000);
  });

  test("tears down every operator, also when one of them fails, and only once", async () => {
    const events: string[] = [];
    class Noting extends DoFn<string, string> {
      private readonly name: string;

      constructor(name: string) {
        super();
        this.name = name;
      }

      override process(value: string) {
        return [value];
      }

      override teardown() {
        events.push(this.name);
        if (this.name === "A") throw new Error("A does not let go");
      }
    }
    const { processor } = processorOf<string>((input) =>
      input.parDo("A", () => new Noting("A")).parDo("B", () => new Noting("B")),
    );
    await processor.run(sourceOf(["x"]));
    await expect(processor.teardown()).rejects.toThrow('Cannot run "A": Error: A does not let go');
    await processor.teardown();
    expect(events).toEqual(["A", "B"]);
  });

  test("can be torn down before its first bundle", async () => {
    const { processor } = processorOf<string>((input) => input.map((value) => value));
    await processor.teardown();
    await processor.run(sourceOf(["x"]));
  });
});
