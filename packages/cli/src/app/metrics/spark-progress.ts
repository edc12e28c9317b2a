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

/** `42 core seconds`, `12.5 core minutes`, `1.50 core hours`: what was used of something. */
export function formatUse(hours: number, what: string): string {
  const seconds = Math.round(hours * 3600);
  if (seconds < 100) return `${seconds} ${what} second${seconds === 1 ? "" : "s"}`;
  return hours < 1
    ? `${threeDigits(hours * 60)} ${what} minutes`
    : `${threeDigits(hours)} ${what} hours`;
}

function threeDigits(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : 2);
}
