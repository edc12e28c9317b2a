import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { GetJobMetricsResponseSchema } from "../../proto/gen/job-management/job_pb.js";
import type { MonitoringInfo } from "../../proto/gen/pipeline/metrics_pb.js";
import { finalCounters, readJobMetrics } from "./job-metrics.js";
import { counter } from "./testdata/scripted-job-server.js";

function answer(attempted: MonitoringInfo[], committed: MonitoringInfo[] = []) {
  return create(GetJobMetricsResponseSchema, { metrics: { attempted, committed } });
}

test("readJobMetrics adds parts of a transform up, in the graph's order", () => {
  const { attempted } = readJobMetrics(
    answer([
      counter("Parse", "bad", 3),
      counter("Text/Read", "lines", 5),
      counter("eText/Read_processandsplit", "lines", 2),
      counter("Text/Read/Process", "lines", 1),
      counter("Elsewhere", "x", 1),
    ]),
    ["Text", "Text/Read", "Parse"],
  );
  expect(attempted).toEqual([
    { transform: "Text/Read", name: "lines", value: 8 },
    { transform: "Parse", name: "bad", value: 3 },
    { transform: "Elsewhere", name: "x", value: 1 },
  ]);
});

test("readJobMetrics reads large and negative numbers, and nothing but counters", () => {
  const other = { ...counter("T", "time", 1), urn: "beam:metric:element_count:v1" };
  const { attempted } = readJobMetrics(
    answer([counter("T", "large", 2 ** 40), counter("T", "negative", -2), other]),
  );
  expect(attempted.map(({ value }) => value)).toEqual([2 ** 40, -2]);
});

test("finalCounters are the committed ones, or the attempted of a runner that tells no others", () => {
  const both = readJobMetrics(answer([counter("T", "n", 4)], [counter("T", "n", 3)]));
  expect(finalCounters(both)).toEqual([{ transform: "T", name: "n", value: 3 }]);
  const one = readJobMetrics(answer([counter("T", "n", 4)]));
  expect(finalCounters(one)).toEqual([{ transform: "T", name: "n", value: 4 }]);
});
