import { expect, test } from "vitest";
import { js } from "../../coders/js.js";
import { kv } from "../../coders/kv.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { count } from "../../combiners/count.js";
import { toList } from "../../combiners/to-list.js";
import { type CombineFn, combineFn } from "../../fn/combine-fn.js";
import { type ElementMeta, IMPULSE_META } from "../../model/element-meta.js";
import { StepMetrics } from "../step-metrics.js";
import { UserCodeError } from "../user-code-error.js";
import { TextPrecombine } from "./text-precombine.js";

type Emitted = [key: string, accumulator: unknown, meta: ElementMeta];

/** A table that is fed by hand; what it emits comes as pairs, or as bytes where somebody takes them. */
function precombineOf(
  combine: CombineFn<never, never, never>,
  options: { tableBytes?: number; bytes?: boolean } = {},
) {
  const emitted: Emitted[] = [];
  const metrics = new StepMetrics("Lift");
  const precombine = new TextPrecombine(
    {
      step: {
        name: "Lift",
        operation: { kind: "flatten" },
        input: "in",
        outputs: { out: "out" },
      },
      metrics,
      main: (pair, meta) => emitted.push([...(pair as [string, unknown]), meta]),
      mainPorts: options.bytes
        ? {
            keyText: (bytes, start, end, value, meta) =>
              emitted.push([bytes.toString("utf8", start, end), value, meta]),
          }
        : {},
      options: { tableBytes: options.tableBytes },
      outputCoder: kv(stringUtf8, js),
    },
    combine as unknown as CombineFn<unknown, unknown, unknown>,
  );
  const add = (key: string, value: unknown = null) => {
    const bytes = Buffer.from(`<${key}>`);
    precombine.receive(bytes, 1, bytes.length - 1, value, IMPULSE_META);
  };
  return { precombine, emitted, metrics, add };
}

test.each([{ bytes: true }, { bytes: false }])(
  "TextPrecombine emits one accumulator per text at the end: %j",
  ({ bytes }) => {
    const { precombine, emitted, metrics, add } = precombineOf(count() as never, { bytes });
    for (const word of ["a", "ä", "a", "", "a", "ä"]) add(word);
    expect([emitted, metrics.elements]).toEqual([[], 6]);
    precombine.flush();
    expect(emitted).toEqual([
      ["a", 3, IMPULSE_META],
      ["ä", 2, IMPULSE_META],
      ["", 1, IMPULSE_META],
    ]);
    precombine.flush();
    expect(emitted).toHaveLength(3);
  },
);

test("TextPrecombine passes pairs on one by one when hardly any key comes twice", () => {
  const { precombine, emitted, add } = precombineOf(count() as never);
  const words = 300_000;
  for (let i = 0; i < words; i++) add(`word ${i}`);
  // One full table, and everything since but the one that found it full, without waiting for the end.
  expect(emitted).toHaveLength(words - 1);
  precombine.flush();
  expect(emitted).toHaveLength(words);
  expect(new Set(emitted.map(([key]) => key)).size).toBe(words);
  expect(emitted.every(([, accumulator]) => accumulator === 1)).toBe(true);
});

test("TextPrecombine tries a table again after a while", () => {
  const { precombine, emitted, add } = precombineOf(count() as never, { tableBytes: 10_000 });
  for (let i = 0; i < 3000; i++) add(`word ${i}`);
  const before = emitted.length;
  expect(before).toBeGreaterThan(0);
  for (let i = 0; i < 200_000; i++) add("often");
  precombine.flush();
  const often = emitted.filter(([key]) => key === "often");
  expect(often.length).toBeLessThan(150_000);
  expect(often.reduce((sum, [, n]) => sum + (n as number), 0)).toBe(200_000);
});

test("TextPrecombine keeps a table that fills up with keys that come often", () => {
  const { precombine, emitted, add } = precombineOf(count() as never);
  for (let round = 0; round < 2; round++) for (let i = 0; i < 260_000; i++) add(`word ${i >> 2}`);
  precombine.flush();
  expect(emitted).toHaveLength(65_000);
});

test("TextPrecombine emits what there is when its accumulators outgrow the table's share", () => {
  const { precombine, emitted, add } = precombineOf(toList() as never, { tableBytes: 200_000 });
  for (let i = 0; i < 20_000; i++) add(`word ${i % 10}`, "x".repeat(100));
  expect(emitted.length).toBeGreaterThan(10);
  precombine.flush();
  const kept = emitted.reduce((sum, [, list]) => sum + (list as unknown[]).length, 0);
  expect(kept).toBe(20_000);
});

test("TextPrecombine names step and element when a combine function throws", () => {
  const throwing = combineFn<number, number, number>({
    create: () => 0,
    add(sum, value) {
      if (value < 0) throw new RangeError("negative");
      return sum + value;
    },
    merge: (a, b) => a + b,
    extract: (sum) => sum,
  });
  const { add } = precombineOf(throwing as never);
  add("fine", 1);
  expect(() => add("wrong", -1)).toThrow(UserCodeError);
  expect(() => add("wrong", -1)).toThrow(/Lift[\s\S]*wrong/);
});
