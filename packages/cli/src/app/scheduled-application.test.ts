import { expect, test } from "vitest";
import { plain } from "../terminal/style.js";
import { listLines, scheduleLines } from "./app-lines.js";
import type { Schedule } from "./schedule.js";
import { asApplication, type ScheduledObject } from "./scheduled-application.js";
import { type App, appOf, SPARK_APPLICATION } from "./spark-application.js";

const labels = { "app.kubernetes.io/managed-by": "beamline", "beamline.dev/pipeline": "words" };

type Part<Name extends "spec" | "status"> = NonNullable<ScheduledObject[Name]>;

function scheduled(spec: Part<"spec">, status: Part<"status">): App {
  return appOf(
    asApplication({
      apiVersion: "sparkoperator.k8s.io/v1beta2",
      kind: "ScheduledSparkApplication",
      metadata: { name: "nightly", namespace: "jobs", labels },
      spec: { schedule: "0 6 * * *", template: { image: "words@sha256:1" }, ...spec },
      status,
    }),
  );
}

function runOf(name: string, more: Partial<Parameters<typeof appOf>[0]>): App {
  const metadata = {
    name,
    namespace: "jobs",
    creationTimestamp: "2026-11-23T06:00:00Z",
    labels: { ...labels, "sparkoperator.k8s.io/scheduled-app-name": "nightly" },
  };
  return appOf({ ...SPARK_APPLICATION, metadata, ...more });
}

const next = { nextRun: "2026-11-24T06:00:00Z", lastRun: "2026-11-23T06:00:00Z" };

test("asApplication makes a schedule an application that all commands know", () => {
  const app = scheduled({}, { ...next, lastRunName: "nightly-1" });
  expect(app).toMatchObject({ name: "nightly", pipeline: "words", state: "SCHEDULED" });
  expect(app).toMatchObject({ image: "words@sha256:1", schedule: { lastRunName: "nightly-1" } });
  const style = plain;
  expect(listLines([app], 0, style)[1]).toContain(
    "scheduled (0 6 * * *), next 2026-11-24 06:00:00Z",
  );
  expect(listLines([scheduled({ suspend: true }, next)], 0, style)[1]).toContain(
    "suspended (0 6 * * *)",
  );
});

test("scheduleLines tells why the operator does not take a schedule", () => {
  const reason = "expected exactly 5 fields";
  const app = scheduled({ schedule: "6" }, { scheduleState: "FailedValidation", reason });
  const text = scheduleLines(app, app.schedule as Schedule, [], 0, plain).join("\n");
  expect(text).toContain("not accepted (6)");
  expect(text).toContain(reason);
  expect(text).toContain("It has not run yet.");
});

test("appOf finds the record of a run, to which annotations of its schedule do not come", () => {
  const record = "s3://books/words/records/1.json";
  const run = runOf("nightly-1", { spec: { sparkConf: { "spark.beamline.record": record } } });
  expect(run).toMatchObject({ record, scheduledBy: "nightly", schedule: undefined });
});

test("appOf knows no end where the operator has kept that of an earlier attempt", () => {
  const applicationState = { state: "COMPLETED" };
  const lastSubmissionAttemptTime = "2026-11-23T06:01:00Z";
  const status = { applicationState, executionAttempts: 2, lastSubmissionAttemptTime };
  const again = (terminationTime: string) =>
    runOf("again", { status: { ...status, terminationTime } }).ended;
  expect(again("2026-11-23T06:01:00Z")).toBeUndefined();
  expect(again("2026-11-23T06:02:00Z")).toEqual(new Date("2026-11-23T06:02:00Z"));
});
