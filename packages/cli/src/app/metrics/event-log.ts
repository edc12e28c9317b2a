import { BEAM_ACCUMULATOR, latestMetrics } from "./beam-metrics.js";
import type { ExecutorUse, SparkProgress, StageProgress } from "./spark-progress.js";

/** What a Spark event log says: one JSON document a line, as Spark's listeners saw things happen. */
export interface EventLog extends SparkProgress {
  readonly sparkId: string | undefined;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
}

interface SparkEvent {
  readonly Event?: string;
  readonly Timestamp?: number;
  readonly "App ID"?: string;
  readonly "Executor ID"?: string;
  readonly "Executor Info"?: { readonly "Total Cores"?: number };
  readonly "Stage ID"?: number;
  readonly "Task Info"?: {
    readonly "Executor ID"?: string;
    readonly Failed?: boolean;
    readonly Killed?: boolean;
  };
  readonly "Stage Info"?: {
    readonly "Stage ID"?: number;
    readonly "Stage Name"?: string;
    readonly "Number of Tasks"?: number;
    readonly "Completion Time"?: number;
    readonly "Failure Reason"?: string;
    readonly Accumulables?: readonly { readonly Name?: string; readonly Value?: unknown }[];
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads an event log; a last line that is half-written is left out. */
export function readEventLog(text: string): EventLog {
  const stages = new Map<number, Writable<StageProgress>>();
  const executors = new Map<string, Writable<ExecutorUse>>();
  const metrics: string[] = [];
  let sparkId: string | undefined;
  let startedAt: number | undefined;
  let endedAt: number | undefined;

  const stageOf = ({ "Stage Info": info = {} }: SparkEvent) => {
    const id = info["Stage ID"] ?? -1;
    const known = stages.get(id);
    if (known !== undefined) return known;
    const stage: Writable<StageProgress> = {
      id,
      name: info["Stage Name"] ?? `stage ${id}`,
      state: "running",
      tasks: info["Number of Tasks"] ?? 0,
      tasksDone: 0,
      tasksRunning: 0,
      tasksFailed: 0,
      failure: undefined,
    };
    stages.set(id, stage);
    return stage;
  };

  for (const line of text.split("\n")) {
    const event = eventOf(line);
    if (event === undefined) continue;
    switch (event.Event) {
      case "SparkListenerApplicationStart":
        sparkId = event["App ID"];
        startedAt = event.Timestamp;
        break;
      case "SparkListenerApplicationEnd":
        endedAt = event.Timestamp;
        break;
      case "SparkListenerExecutorAdded": {
        const id = event["Executor ID"] ?? "?";
        executors.set(id, {
          id,
          cores: event["Executor Info"]?.["Total Cores"] ?? 1,
          addedAt: event.Timestamp ?? 0,
          removedAt: undefined,
          tasksFailed: 0,
        });
        break;
      }
      case "SparkListenerExecutorRemoved": {
        const executor = executors.get(event["Executor ID"] ?? "?");
        if (executor !== undefined) executor.removedAt = event.Timestamp;
        break;
      }
      case "SparkListenerStageSubmitted":
        stageOf(event);
        break;
      case "SparkListenerTaskStart": {
        const stage = stages.get(event["Stage ID"] ?? -1);
        if (stage !== undefined) stage.tasksRunning++;
        break;
      }
      case "SparkListenerTaskEnd": {
        const stage = stages.get(event["Stage ID"] ?? -1);
        const task = event["Task Info"];
        const failed = task?.Failed === true || task?.Killed === true;
        if (stage !== undefined) {
          stage.tasksRunning--;
          if (failed) stage.tasksFailed++;
          else stage.tasksDone++;
        }
        const executor = executors.get(task?.["Executor ID"] ?? "?");
        if (failed && executor !== undefined) executor.tasksFailed++;
        break;
      }
      case "SparkListenerStageCompleted": {
        const stage = stageOf(event);
        const failure = event["Stage Info"]?.["Failure Reason"];
        stage.state = failure === undefined ? "done" : "failed";
        stage.failure = failure?.split("\n", 1)[0];
        for (const { Name, Value } of event["Stage Info"]?.Accumulables ?? []) {
          if (Name === BEAM_ACCUMULATOR && typeof Value === "string") metrics.push(Value);
        }
        break;
      }
    }
  }
  const last = endedAt;
  return {
    sparkId,
    startedAt,
    endedAt,
    stages: [...stages.values()],
    // Executors that are there at the end are not removed by any event.
    executors: [...executors.values()]
      .filter(({ id }) => id !== "driver")
      .map((executor) => ({ ...executor, removedAt: executor.removedAt ?? last })),
    metrics: latestMetrics(metrics),
  };
}

function eventOf(line: string): SparkEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === "object" && event !== null ? event : undefined;
  } catch {
    return undefined;
  }
}
