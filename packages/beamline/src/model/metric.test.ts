import { expect, test } from "vitest";
import { type HistogramData, type MetricData, mergeMetrics, quantileOf } from "./metric.js";

const histogram = (counts: readonly number[]): HistogramData => ({
  kind: "histogram",
  bounds: [1, 10],
  counts,
});

test.each<[MetricData, MetricData, MetricData]>([
  [
    { kind: "counter", value: 2 },
    { kind: "counter", value: 3 },
    { kind: "counter", value: 5 },
  ],
  [
    { kind: "distribution", count: 2, sum: 5, min: 1, max: 4 },
    { kind: "distribution", count: 1, sum: 9, min: 9, max: 9 },
    { kind: "distribution", count: 3, sum: 14, min: 1, max: 9 },
  ],
  [
    { kind: "gauge", value: 1, timestamp: 20 },
    { kind: "gauge", value: 2, timestamp: 10 },
    { kind: "gauge", value: 1, timestamp: 20 },
  ],
  [
    { kind: "stringSet", values: ["b"] },
    { kind: "stringSet", values: ["a", "b"] },
    { kind: "stringSet", values: ["a", "b"] },
  ],
  [histogram([1, 2, 3]), histogram([1, 0, 1]), histogram([2, 2, 4])],
  [
    { kind: "counter", value: 2 },
    { kind: "gauge", value: 2, timestamp: 0 },
    { kind: "counter", value: 2 },
  ],
])("mergeMetrics of %j and %j", (a, b, merged) => {
  expect(mergeMetrics(a, b)).toEqual(merged);
});

test("quantileOf is the bound of the bucket that holds it", () => {
  expect(quantileOf(histogram([5, 4, 1]), 0.5)).toBe(1);
  expect(quantileOf(histogram([5, 4, 1]), 0.9)).toBe(10);
  expect(quantileOf(histogram([5, 4, 1]), 0.99)).toBe(Number.POSITIVE_INFINITY);
  expect(quantileOf(histogram([0, 0, 0]), 0.5)).toBeNaN();
});
