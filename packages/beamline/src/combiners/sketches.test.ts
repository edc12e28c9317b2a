import { describe, expect, test } from "vitest";
import { decodeFromBytes, encodeToBytes } from "../coders/contexts.js";
import { js } from "../coders/js.js";
import type { CombineFn } from "../fn/combine-fn.js";
import { approximateQuantiles } from "./approximate-quantiles.js";
import { approximateUnique } from "./approximate-unique.js";
import { valueHasher } from "./sketch-hash.js";

/** Combines values in as many parts, whose accumulators travel and are merged. */
function combineIn<In, Acc, Out>(
  combine: CombineFn<In, Acc, Out>,
  values: readonly In[],
  parts: number,
): Out {
  let merged = combine.create();
  for (let part = 0; part < parts; part++) {
    let accumulator = combine.create();
    for (let i = part; i < values.length; i += parts) {
      accumulator = combine.add(accumulator, values[i] as In);
    }
    const copy = decodeFromBytes(js, encodeToBytes(js, accumulator)) as Acc;
    merged = combine.merge(merged, copy);
  }
  return combine.extract(merged);
}

describe("approximateUnique", () => {
  test.each([0, 1, 100, 600])("is exact for %d distinct values", (n) => {
    const values = Array.from({ length: n * 3 }, (_, i) => `value ${i % n}`);
    expect(combineIn(approximateUnique(), values, 4)).toBe(n);
  });

  test.each([
    { n: 5000, error: 0.01 },
    { n: 200_000, error: 0.01 },
    { n: 200_000, error: 0.05 },
    { n: 20_000, error: 0.2 },
  ])("is within three times the error: $n values, $error", ({ n, error }) => {
    const values = Array.from({ length: n }, (_, i) => i * 7);
    for (const parts of [1, 5]) {
      const estimate = combineIn(approximateUnique({ error }), values, parts);
      expect(Math.abs(estimate - n) / n).toBeLessThan(3 * error);
    }
  });

  test("gives one result however the values are dealt out", () => {
    const values = Array.from({ length: 30_000 }, (_, i) => [i % 20_000, "x"]);
    const results = [1, 2, 7, 100].map((parts) => combineIn(approximateUnique(), values, parts));
    expect(new Set(results).size).toBe(1);
  });

  test("counts values that are equal as keys once", () => {
    const values = [{ a: 1, b: 2 }, { b: 2, a: 1 }, 0, -0, Number.NaN, Number.NaN];
    expect(combineIn(approximateUnique<unknown>(), values, 1)).toBe(3);
  });

  test.each([0, 0.002, 0.3, Number.NaN])("refuses the error %d", (error) => {
    expect(() => approximateUnique({ error })).toThrow("give a number from 0.003 to 0.26");
  });
});

describe("valueHasher", () => {
  test("spreads small integers over all bits", () => {
    const hash = valueHasher();
    const ones = new Array<number>(64).fill(0);
    for (let i = 0; i < 4096; i++) {
      const [high, low] = hash(i);
      for (let bit = 0; bit < 32; bit++) {
        ones[bit] = (ones[bit] ?? 0) + ((low >>> bit) & 1);
        ones[32 + bit] = (ones[32 + bit] ?? 0) + ((high >>> bit) & 1);
      }
    }
    for (const count of ones) expect(Math.abs(count - 2048)).toBeLessThan(200);
  });
});

describe("approximateQuantiles", () => {
  test.each([
    { values: [], count: 3, expected: [] },
    { values: [5], count: 3, expected: [5, 5, 5] },
    { values: [3, 1, 2], count: 3, expected: [1, 2, 3] },
    { values: [4, 1, 3, 2], count: 2, expected: [1, 4] },
    { values: [1, 1, 1, 9], count: 4, expected: [1, 1, 1, 9] },
  ])("is exact for few values: $values", ({ values, count, expected }) => {
    for (const parts of [1, 2]) {
      expect(combineIn(approximateQuantiles<number>(count), values, parts)).toEqual(expected);
    }
  });

  test.each([1, 3, 50])("keeps ranks within the bound, in %d parts", (parts) => {
    const n = 200_000;
    // Every number once, in an order that is neither sorted nor random.
    const values = Array.from({ length: n }, (_, i) => (i * 77_773) % n);
    const bufferSize = 500;
    const quantiles = combineIn(approximateQuantiles<number>(101, { bufferSize }), values, parts);
    const bound = (Math.log2(n / bufferSize) / (2 * bufferSize)) * n;
    for (const [i, value] of quantiles.entries()) {
      expect(Math.abs(value - (i * n) / 100)).toBeLessThanOrEqual(bound);
    }
  });

  test("follows another order", () => {
    const compare = (a: string, b: string) => a.length - b.length;
    const values = ["aaa", "b", "cc", "ddddd", "eeee"];
    expect(combineIn(approximateQuantiles(3, { compare }), values, 2)).toEqual([
      "b",
      "aaa",
      "ddddd",
    ]);
  });
});
