import type { KubeObject } from "../kube/kube-object.js";
import type { Schedule } from "./schedule.js";
import { SPARK_API, type SparkApplicationObject } from "./spark-application.js";

export const SCHEDULED_SPARK_APPLICATION = {
  apiVersion: SPARK_API,
  kind: "ScheduledSparkApplication",
} as const;

/** The fields of a ScheduledSparkApplication that are read here; the operator writes its status. */
export interface ScheduledObject extends KubeObject {
  readonly spec?: {
    readonly schedule?: string;
    readonly timeZone?: string;
    readonly suspend?: boolean;
    readonly template?: SparkApplicationObject["spec"];
  };
  readonly status?: {
    readonly scheduleState?: string;
    readonly reason?: string;
    readonly nextRun?: string | null;
    readonly lastRun?: string | null;
    readonly lastRunName?: string;
  };
}

/** A schedule as an application that has not run itself: its runs are applications of their own. */
export function asApplication({
  apiVersion,
  kind,
  metadata,
  spec = {},
  status = {},
}: ScheduledObject): SparkApplicationObject {
  const { schedule: cron = "", timeZone, suspend = false, template } = spec;
  const { scheduleState, reason, nextRun, lastRun, lastRunName } = status;
  const schedule: Schedule = {
    cron,
    timeZone,
    suspended: suspend,
    nextRun: suspend ? undefined : dateOf(nextRun),
    lastRun: dateOf(lastRun),
    lastRunName: lastRunName || undefined,
    problem: scheduleState === "FailedValidation" ? reason : undefined,
  };
  return { apiVersion, kind, metadata, ...(template && { spec: template }), schedule };
}

function dateOf(text: string | null | undefined): Date | undefined {
  return text === undefined || text === null || text === "" ? undefined : new Date(text);
}
