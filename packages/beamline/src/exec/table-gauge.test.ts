import { expect, test } from "vitest";
import { js } from "../coders/js.js";
import { kv } from "../coders/kv.js";
import { stringUtf8 } from "../coders/string-utf8.js";
import { IMPULSE_META } from "../model/element-meta.js";
import type { PCollection } from "../pipeline/pcollection.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { planGraph } from "../runners/local/plan.js";
import { fixedWindows } from "../windowing/windows.js";
import { BundleProcessor } from "./bundle-processor.js";
import { LOOK_EVERY, type TableEntry, TableGauge } from "./table-gauge.js";

const coder = kv(stringUtf8, js);

function gaugeOf(entries: readonly TableEntry[], limitBytes: number): TableGauge {
  return new TableGauge({ limitBytes, coder, entries: () => entries });
}

function entriesOf(count: number, length: number): TableEntry[] {
  return Array.from({ length: count }, (_, i) => ({
    key: `${i}`,
    accumulator: "x".repeat(length),
  }));
}

test("TableGauge.isFull grows with the number of entries, and with their size", () => {
  const small = entriesOf(1000, 10);
  const large = entriesOf(1000, 1000);
  expect(gaugeOf(small, 1_000_000).isFull(1000, small[0])).toBe(false);
  expect(gaugeOf(small, 1_000_000).isFull(100_000, small[0])).toBe(true);
  expect(gaugeOf(large, 1_000_000).isFull(1000, large[0])).toBe(true);
});

test("TableGauge.isFull counts the one accumulator that is large", () => {
  const entries = entriesOf(1000, 10);
  const hot = { key: "hot", accumulator: "x".repeat(2_000_000) };
  expect(gaugeOf(entries, 1_000_000).isFull(1001, entries[0])).toBe(false);
  expect(gaugeOf(entries, 1_000_000).isFull(1001, hot)).toBe(true);
});

test("TableGauge rests after a look that encoded much", () => {
  const hot = { key: "hot", accumulator: "x".repeat(100 * LOOK_EVERY) };
  const gauge = gaugeOf([hot], 100);
  expect(gauge.isFull(1, hot)).toBe(true);
  expect(gauge.isFull(1, hot)).toBe(false);
  gauge.reset();
  expect(gauge.isFull(1, hot)).toBe(true);
});

test("TableGauge leaves accumulators that do not encode to whoever emits them", () => {
  const bad = { key: "bad", accumulator: () => {} };
  expect(gaugeOf([bad], 1000).isFull(1, bad)).toBe(false);
});

const concatenated = {
  create: () => "",
  add: (text: string, more: string) => text + more,
  merge: (a: string, b: string) => a + b,
  extract: (text: string) => text,
};

type Steps = (input: PCollection<[string, string]>) => PCollection<[string, string]>;

/** The sizes of accumulators that leave the table, with a limit on it. */
async function emitted(tableBytes: number | undefined, steps: Steps): Promise<number[]> {
  const pipeline = new Pipeline("test");
  steps(pipeline.create<[string, string]>("In", []).reshuffle("Input")).combinePerKey(
    "Concat",
    concatenated,
  );
  const stage = planGraph(pipeline.toGraph()).stages.find(({ id }) => id === "Input");
  if (stage === undefined) throw new Error("the steps are in no stage");
  const sizes: number[] = [];
  const processor = new BundleProcessor(stage, {
    tableBytes,
    openSink: () => ({
      receive: (pair) => sizes.push((pair as [string, string])[1].length),
    }),
  });
  await processor.run({
    feed(entries) {
      for (const receive of entries.values()) {
        for (let i = 0; i < 20_000; i++) receive([`key ${i % 100}`, "0123456789"], IMPULSE_META);
      }
    },
  });
  return sizes;
}

test.each<[string, Steps]>([
  ["in the global window", (input) => input],
  ["in windows", (input) => input.window(fixedWindows(60_000))],
])("combine tables %s emit when they take too much", async (_name, steps) => {
  const all = await emitted(undefined, steps);
  expect(all).toEqual(Array.from({ length: 100 }, () => 2000));
  const limited = await emitted(100_000, steps);
  expect(limited.length).toBeGreaterThan(200);
  expect(limited.reduce((sum, size) => sum + size, 0)).toBe(200_000);
});
