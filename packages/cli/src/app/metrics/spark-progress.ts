import type { BeamMetrics } from "./beam-metrics.js";

/** What Spark tells of an application: from its REST API while it runs, from its event log later. */
export interface SparkProgress {
  readonly stages: readonly StageProgress[];
  /** Executors that are or were there, the driver aside. */
  readonly executors: readonly ExecutorUse[];
  readonly metrics: BeamMetrics;
}

export interface StageProgress {
  readonly id: number;
  readonly name: string;
  readonly state: "waiting" | "running" | "done" | "skipped" | "failed";
  readonly tasks: number;
  readonly tasksDone: number;
  readonly tasksRunning: number;
  readonly tasksFailed: number;
  /** The first line of Spark's words. */
  readonly failure: string | undefined;
}

export interface ExecutorUse {
  readonly id: string;
  readonly cores: number;
  readonly addedAt: number;
  /** Undefined while it is there. */
  readonly removedAt: number | undefined;
  readonly tasksFailed: number;
}

/** What one pays for, up to `now` in milliseconds. */
export function executorTime(executors: readonly ExecutorUse[], now: number) {
  let executorMs = 0;
  let coreMs = 0;
  for (const { addedAt, removedAt = now, cores } of executors) {
    const ms = Math.max(0, removedAt - addedAt);
    executorMs += ms;
    coreMs += ms * cores;
  }
  return { executorHours: executorMs / 3_600_000, coreHours: coreMs / 3_600_000 };
}

/** `0.012`, `1.50`, `37.5`: hours in three digits. */
export function formatHours(hours: number): string {
  if (hours >= 100) return String(Math.round(hours));
  if (hours >= 10) return hours.toFixed(1);
  return hours >= 1 ? hours.toFixed(2) : hours.toFixed(3);
}
