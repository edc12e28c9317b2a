import { expect, test } from "vitest";
import type { MetricData } from "../model/metric.js";
import { bucketOf, histogramOf, readUserMetric, userMetricPayloads } from "./user-metrics.js";

test.each<MetricData>([
  { kind: "counter", value: 2 ** 40 },
  { kind: "counter", value: -3 },
  { kind: "distribution", count: 3, sum: 12, min: -1, max: 9 },
  { kind: "distribution", count: 2, sum: 0.75, min: 0.25, max: 0.5 },
  { kind: "gauge", value: 17, timestamp: 1_700_000_000_000 },
  { kind: "gauge", value: 0.5, timestamp: 1_700_000_000_000 },
  { kind: "stringSet", values: ["a", "größer"] },
])("a user metric survives the wire: %j", (data) => {
  const payloads = userMetricPayloads("m", data);
  expect(payloads.map(({ name }) => name)).toEqual(["m"]);
  for (const { spec, payload } of payloads) expect(readUserMetric(spec.urn, payload)).toEqual(data);
});

test("a histogram travels as one counter a bucket, and comes together again", () => {
  const data: MetricData = { kind: "histogram", bounds: [0.5, 10], counts: [1, 0, 4] };
  const buckets = new Map<number, number>();
  for (const { name, spec, payload } of userMetricPayloads("latency", data)) {
    const bucket = bucketOf(name);
    const counter = readUserMetric(spec.urn, payload);
    expect(bucket?.of).toBe("latency");
    if (counter?.kind === "counter") buckets.set(bucket?.bound ?? 0, counter.value);
  }
  expect(histogramOf(buckets)).toEqual(data);
});

test("readUserMetric leaves other metrics alone", () => {
  expect(readUserMetric("beam:metric:element_count:v1", new Uint8Array([1]))).toBeUndefined();
  expect(bucketOf("plain")).toBeUndefined();
});
