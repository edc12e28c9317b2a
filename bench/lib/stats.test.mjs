import { expect, test } from "vitest";
import { pairedRatios, quantile, summarize } from "./stats.mjs";

test("summarize gives the ends, the quartiles and the median in any order", () => {
  expect(summarize([5, 1, 4, 2, 3])).toEqual({ count: 5, min: 1, q1: 2, median: 3, q3: 4, max: 5 });
});

test("summarize of one sample is that sample", () => {
  expect(summarize([7])).toEqual({ count: 1, min: 7, q1: 7, median: 7, q3: 7, max: 7 });
});

test("summarize of an even number of samples has its median between the middle two", () => {
  expect(summarize([1, 2, 10, 20]).median).toBe(6);
});

test("summarize refuses an empty list", () => {
  expect(() => summarize([])).toThrow("Cannot summarize no samples");
});

test("quantile interpolates between neighbours", () => {
  expect(quantile([0, 10], 0.25)).toBe(2.5);
});

test("pairedRatios compares within a round and skips rounds that only one has", () => {
  const loop = new Map([
    [1, 2],
    [2, 4],
    [3, 8],
  ]);
  const slow = new Map([
    [1, 20],
    [3, 40],
    [4, 1],
  ]);
  expect(pairedRatios(slow, loop)).toEqual([10, 5]);
});
