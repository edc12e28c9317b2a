import { BEAM_ACCUMULATOR, latestMetrics } from "./beam-metrics.js";
import type { ExecutorUse, SparkProgress, StageProgress } from "./spark-progress.js";

/** Of Spark's REST API (`/api/v1`), the fields that are read here. */
export interface SparkStage {
  readonly stageId?: number;
  readonly attemptId?: number;
  readonly name?: string;
  readonly status?: string;
  readonly numTasks?: number;
  readonly numCompleteTasks?: number;
  readonly numActiveTasks?: number;
  readonly numFailedTasks?: number;
  readonly failureReason?: string;
  readonly accumulatorUpdates?: readonly { readonly name?: string; readonly value?: string }[];
}

export interface SparkExecutor {
  readonly id?: string;
  readonly totalCores?: number;
  readonly failedTasks?: number;
  readonly addTime?: string;
  readonly removeTime?: string;
}

/** What Spark's REST API says of an application. */
export function progressOf(
  stages: readonly SparkStage[],
  executors: readonly SparkExecutor[],
): SparkProgress {
  const metrics = stages.flatMap(({ accumulatorUpdates = [] }) =>
    accumulatorUpdates.flatMap(({ name, value }) =>
      name === BEAM_ACCUMULATOR && value !== undefined ? [value] : [],
    ),
  );
  return {
    stages: lastAttempts(stages).map(stageOf),
    executors: executors.filter(({ id }) => id !== "driver").map(executorOf),
    metrics: latestMetrics(metrics),
  };
}

function lastAttempts(stages: readonly SparkStage[]): SparkStage[] {
  const found = new Map<number, SparkStage>();
  for (const stage of stages) {
    const { stageId = -1, attemptId = 0 } = stage;
    if ((found.get(stageId)?.attemptId ?? -1) < attemptId) found.set(stageId, stage);
  }
  return [...found.values()].sort((a, b) => (a.stageId ?? 0) - (b.stageId ?? 0));
}

function stageOf(stage: SparkStage): StageProgress {
  const { stageId = -1, name = "", numTasks = 0, numCompleteTasks = 0 } = stage;
  const { numActiveTasks = 0, numFailedTasks = 0, failureReason } = stage;
  return {
    id: stageId,
    name: name === "" ? `stage ${stageId}` : name,
    state: stateOf(stage.status),
    tasks: numTasks,
    tasksDone: numCompleteTasks,
    tasksRunning: numActiveTasks,
    tasksFailed: numFailedTasks,
    failure: failureReason?.split("\n", 1)[0],
  };
}

function stateOf(status: string | undefined): StageProgress["state"] {
  switch (status) {
    case "ACTIVE":
      return "running";
    case "COMPLETE":
      return "done";
    case "SKIPPED":
      return "skipped";
    case "FAILED":
      return "failed";
    default:
      return "waiting";
  }
}

function executorOf({
  id = "?",
  totalCores = 0,
  failedTasks = 0,
  addTime,
  removeTime,
}: SparkExecutor): ExecutorUse {
  return {
    id,
    cores: totalCores,
    addedAt: timeOf(addTime) ?? 0,
    removedAt: timeOf(removeTime),
    tasksFailed: failedTasks,
  };
}

/** Spark writes `2026-11-22T22:27:28.035GMT`. */
function timeOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : Date.parse(text.replace(/GMT$/, "Z"));
  return Number.isNaN(ms) ? undefined : ms;
}
