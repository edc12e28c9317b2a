import { describe, expect, test } from "vitest";
import type { CombineFn } from "../fn/combine-fn.js";
import { natural } from "./compare.js";
import { count } from "./count.js";
import { max } from "./max.js";
import { mean } from "./mean.js";
import { min } from "./min.js";
import { sample } from "./sample.js";
import { sum } from "./sum.js";
import { top } from "./top.js";

/** Combines `values` as an engine might: spread over `parts` accumulators, some of them empty. */
function combined<In, Acc, Out>(
  combine: CombineFn<In, Acc, Out>,
  values: readonly In[],
  parts: number,
): Out {
  const accumulators = Array.from({ length: parts + 1 }, () => combine.create());
  for (const [i, value] of values.entries()) {
    const at = i % parts;
    accumulators[at] = combine.add(accumulators[at] as Acc, value);
  }
  // From both ends, so that the empty one is merged into others and others into it.
  const left = accumulators
    .slice(0, parts / 2)
    .reduce((a, b) => combine.merge(a, b), combine.create());
  const right = accumulators.slice(parts / 2).reduceRight((a, b) => combine.merge(a, b));
  return combine.extract(combine.merge(left, right));
}

type AnyCombine = CombineFn<number, unknown, unknown>;

const NUMBERS = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1009);
const WITH_NAN = [3, Number.NaN, 1, 2];

describe.each([1, 2, 3, 10])("combine functions over %i accumulators", (parts) => {
  test.each<[name: string, combine: AnyCombine, values: number[], result: unknown]>([
    ["count", count() as AnyCombine, NUMBERS, 1000],
    ["sum", sum() as AnyCombine, NUMBERS, NUMBERS.reduce((a, b) => a + b)],
    ["sum of none", sum() as AnyCombine, [], 0],
    ["mean", mean() as AnyCombine, [1, 2, 6], 3],
    ["mean of none", mean() as AnyCombine, [], Number.NaN],
    ["min", min() as AnyCombine, NUMBERS, Math.min(...NUMBERS)],
    ["max", max() as AnyCombine, NUMBERS, Math.max(...NUMBERS)],
    ["min of none", min() as AnyCombine, [], undefined],
    ["max by", max<number>((a, b) => (a % 10) - (b % 10)) as AnyCombine, [19, 20, 8], 19],
    ["min with NaN", min() as AnyCombine, WITH_NAN, 1],
    ["max with NaN", max() as AnyCombine, WITH_NAN, Number.NaN],
    ["min of NaN", min() as AnyCombine, [Number.NaN], Number.NaN],
    ["top", top(3) as AnyCombine, NUMBERS, [...NUMBERS].sort((a, b) => b - a).slice(0, 3)],
    ["top of few", top(9) as AnyCombine, [1, 3, 2], [3, 2, 1]],
    ["top with NaN", top(4) as AnyCombine, WITH_NAN, [Number.NaN, 3, 2, 1]],
    [
      "top by",
      top<number>(2, (a, b) => b - a) as AnyCombine,
      NUMBERS,
      [...NUMBERS].sort((a, b) => a - b).slice(0, 2),
    ],
    ["sample of few", sample(5) as AnyCombine, [7, 7], [7, 7]],
    ["sample of none", sample(5) as AnyCombine, [], []],
  ])("%s", (_name, combine, values, result) => {
    expect(combined(combine, values, parts)).toEqual(result);
    // Twice from the same accumulator: extract() must not change it.
    const accumulator = values.reduce((acc, value) => combine.add(acc, value), combine.create());
    expect(combine.extract(accumulator)).toEqual(combine.extract(accumulator));
  });
});

describe("sample", () => {
  test("draws every element with the same chance, whatever the accumulators", () => {
    let state = 1;
    const random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const drawn = Array<number>(10).fill(0);
    for (let round = 0; round < 3000; round++) {
      const chosen = combined(
        sample<number>(3, { random }),
        [...Array(10).keys()],
        1 + (round % 4),
      );
      expect(new Set(chosen).size).toBe(3);
      for (const n of chosen) drawn[n] = (drawn[n] ?? 0) + 1;
    }
    // 900 each; the standard deviation is 25.
    for (const times of drawn) expect(Math.abs(times - 900)).toBeLessThan(125);
  });
});

describe("natural", () => {
  test("orders numbers, strings, dates and bigints, and NaN after every number", () => {
    expect([3, Number.NaN, -1, Number.POSITIVE_INFINITY, 0].sort(natural)).toEqual([
      -1,
      0,
      3,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
    expect(["b", "B", "a", ""].sort(natural)).toEqual(["", "B", "a", "b"]);
    expect([new Date(2), new Date(1)].sort(natural)).toEqual([new Date(1), new Date(2)]);
    expect([2n, -1n].sort(natural)).toEqual([-1n, 2n]);
    expect(natural(new Date(1), new Date(1))).toBe(0);
  });
});
