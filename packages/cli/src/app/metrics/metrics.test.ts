import { expect, test } from "vitest";
import { plain } from "../../terminal/style.js";
import { latestMetrics, parseBeamMetrics } from "./beam-metrics.js";
import { readEventLog } from "./event-log.js";
import { metricsLines } from "./metrics-lines.js";
import { executorTime, formatUse } from "./spark-progress.js";
import { progressOf } from "./spark-rest.js";

/** As Beam's Spark runner shows its accumulator. */
function accumulator(malformed: number, read: number): string {
  return (
    "MetricQueryResults(Counters(" +
    `Parse.out:beam:metric:user:sum_int64:v1 {PTRANSFORM=Parse, NAMESPACE=beamline, NAME=malformed, really}: ${malformed}, ` +
    `Read.out:beam:metric:element_count:v1 {PCOLLECTION=text.read/Read.out}: ${read}, ` +
    `Again.out:beam:metric:element_count:v1 {PCOLLECTION=text.read/Read.out}: 1, ` +
    "Read.out:beam:metric:ptransform_execution_time:total_msecs:v1 {PTRANSFORM=fn/read/x:0}: 42)" +
    "Distributions(Read.out:beam:metric:sampled_byte_size:v1 {PCOLLECTION=a}: DistributionResult{sum=110, count=5, min=19, max=26}))"
  );
}

test("parseBeamMetrics finds counters and element counts, and adds up what several steps counted", () => {
  expect(parseBeamMetrics(accumulator(2, 4272))).toEqual({
    counters: [{ transform: "Parse", name: "malformed, really", value: 2 }],
    elements: [{ pcollection: "text.read/Read.out", value: 4273 }],
  });
});

test("latestMetrics takes the largest figure, whichever stage shows it", () => {
  const { counters } = latestMetrics([accumulator(7, 1), accumulator(2, 9)]);
  expect(counters.map(({ value }) => value)).toEqual([7]);
  expect(latestMetrics([])).toEqual({ counters: [], elements: [] });
});

test("readEventLog tells stages, executors and metrics, and passes over a half-written line", () => {
  const lines = [
    { Event: "SparkListenerApplicationStart", "App ID": "spark-1", Timestamp: 1000 },
    {
      Event: "SparkListenerExecutorAdded",
      Timestamp: 2000,
      "Executor ID": "driver",
      "Executor Info": { "Total Cores": 1 },
    },
    {
      Event: "SparkListenerExecutorAdded",
      Timestamp: 2000,
      "Executor ID": "1",
      "Executor Info": { "Total Cores": 2 },
    },
    {
      Event: "SparkListenerExecutorAdded",
      Timestamp: 2000,
      "Executor ID": "2",
      "Executor Info": { "Total Cores": 2 },
    },
    {
      Event: "SparkListenerStageSubmitted",
      "Stage Info": { "Stage ID": 0, "Stage Name": "map", "Number of Tasks": 2 },
    },
    { Event: "SparkListenerTaskStart", "Stage ID": 0 },
    {
      Event: "SparkListenerTaskEnd",
      "Stage ID": 0,
      "Task Info": { "Executor ID": "1", Failed: true },
    },
    { Event: "SparkListenerTaskStart", "Stage ID": 0 },
    {
      Event: "SparkListenerTaskEnd",
      "Stage ID": 0,
      "Task Info": { "Executor ID": "2", Failed: false },
    },
    { Event: "SparkListenerExecutorRemoved", Timestamp: 4000, "Executor ID": "1" },
    {
      Event: "SparkListenerStageCompleted",
      "Stage Info": {
        "Stage ID": 0,
        Accumulables: [{ Name: "Beam.Metrics", Value: accumulator(1, 2) }],
      },
    },
    { Event: "SparkListenerApplicationEnd", Timestamp: 5000 },
  ];
  const text = `${lines.map((line) => JSON.stringify(line)).join("\n")}\n{"Event":"SparkL`;
  const log = readEventLog(text);
  expect(log).toMatchObject({ sparkId: "spark-1", startedAt: 1000, endedAt: 5000 });
  expect(log.stages).toEqual([
    {
      id: 0,
      name: "map",
      state: "done",
      tasks: 2,
      tasksDone: 1,
      tasksRunning: 0,
      tasksFailed: 1,
      failure: undefined,
    },
  ]);
  expect(log.executors).toEqual([
    { id: "1", cores: 2, addedAt: 2000, removedAt: 4000, tasksFailed: 1 },
    { id: "2", cores: 2, addedAt: 2000, removedAt: 5000, tasksFailed: 0 },
  ]);
  expect(log.metrics.counters).toHaveLength(1);
  const hours = executorTime(log.executors, 99_000);
  expect(hours.executorHours * 3600).toBeCloseTo(5);
  expect(hours.coreHours * 3600).toBeCloseTo(10);
});

test("progressOf reads Spark's REST API, of a stage its last attempt", () => {
  const progress = progressOf(
    [
      {
        stageId: 1,
        attemptId: 1,
        status: "ACTIVE",
        numTasks: 4,
        numCompleteTasks: 1,
        accumulatorUpdates: [{ name: "Beam.Metrics", value: accumulator(3, 4) }],
      },
      { stageId: 1, attemptId: 0, status: "FAILED", numTasks: 4, failureReason: "lost\n\tat java" },
      { stageId: 0, attemptId: 0, status: "COMPLETE", numTasks: 1, numCompleteTasks: 1 },
    ],
    [{ id: "driver" }, { id: "1", totalCores: 2, addTime: "2026-11-22T22:27:28.035GMT" }],
  );
  expect(progress.stages.map(({ id, state }) => [id, state])).toEqual([
    [0, "done"],
    [1, "running"],
  ]);
  expect(progress.executors).toEqual([
    {
      id: "1",
      cores: 2,
      addedAt: Date.UTC(2026, 10, 22, 22, 27, 28, 35),
      removedAt: undefined,
      tasksFailed: 0,
    },
  ]);
  expect(progress.metrics.counters[0]?.value).toBe(3);
});

test("metricsLines hides the inside of transforms unless it is asked for", () => {
  const progress = { stages: [], executors: [], metrics: parseBeamMetrics(accumulator(1, 2)) };
  const options = { width: 80, style: plain, now: 0 };
  expect(metricsLines(progress, { ...options, every: false }).join("\n")).not.toContain(
    "text.read/Read",
  );
  expect(metricsLines(progress, { ...options, every: true }).join("\n")).toContain(
    "text.read/Read",
  );
});

test("formatUse shows what was used in a unit that fits", () => {
  const use = (hours: number) => formatUse(hours, "core");
  expect([1 / 3600, 0.0123, 0.5, 1.5, 37.52, 1234.5].map(use)).toEqual([
    "1 core second",
    "44 core seconds",
    "30.0 core minutes",
    "1.50 core hours",
    "37.5 core hours",
    "1235 core hours",
  ]);
});
