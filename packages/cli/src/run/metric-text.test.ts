import type { MetricData } from "beamline";
import { expect, test } from "vitest";
import { metricText } from "./metric-text.js";

test.each<[MetricData, string]>([
  [{ kind: "distribution", count: 3, sum: 10, min: 1, max: 6 }, "mean 3.333, 1 to 6, of 3"],
  [{ kind: "gauge", value: 0.5, timestamp: 0 }, "0.5"],
  [{ kind: "stringSet", values: ["a", "b"] }, "a, b"],
  [
    { kind: "histogram", bounds: [1, 10], counts: [6, 3, 1] },
    "half up to 1, 99% above the last bound, of 10",
  ],
])("metricText of %j", (data, text) => {
  expect(metricText(data)).toBe(text);
});
