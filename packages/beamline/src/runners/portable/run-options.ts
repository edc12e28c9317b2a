import type { CodeReference } from "../../code-ref/code-reference.js";
import type { CounterValue } from "../../model/counter-value.js";
import type { Artifact } from "./artifact.js";
import type { BackOffOptions } from "./back-off.js";
import type { PortableEnvironment } from "./environment.js";
import type { JobClientOptions } from "./job-client.js";
import type { JobMessage } from "./job-message.js";
import type { JobMetrics } from "./job-metrics.js";
import type { FinalJobState, JobState } from "./job-state.js";
import type { PipelineOptions } from "./pipeline-options.js";
import type { RunnerName } from "./runner-profile.js";

/** How a pipeline is handed over to a job server. */
export interface PortableSubmitOptions extends JobClientOptions {
  /**
   * `host:port` of the server's Job API, or what opens such a server: called after the checks, so
   * that what is wrong with the pipeline is said before anything starts.
   */
  readonly jobEndpoint: string | (() => Promise<string>);
  /** What runs there. Decides what is checked before, and how. Default: `"generic"`. */
  readonly runner?: RunnerName;
  /** Default: the graph's name. */
  readonly jobName?: string;
  /** Files that workers need. Default: none. */
  readonly artifacts?: readonly Artifact[];
  /** Options of the runner; they go before what Beamline sets. */
  readonly options?: PipelineOptions;
  /** Where to stage artifacts, if not where the server says. Default: where it says. */
  readonly artifactEndpoint?: string;
  /**
   * Whether this process sees the files that the workers will see: then connectors check them
   * before the job starts, and clean up when it has failed. Default: for `loopback` only.
   */
  readonly sharedFiles?: boolean;
  /** Called with a sentence for each thing that the runner will ignore. */
  readonly onWarning?: (warning: string) => void;
  /** Cancels. */
  readonly signal?: AbortSignal;
}

export interface PortableRunOptions extends PortableSubmitOptions {
  /** Default: `loopback`, workers in this process. */
  readonly environment?: PortableEnvironment;
  /**
   * Where loopback workers find the pipeline's functions, for threads of their own. Without it (a
   * pipeline built inline, as in tests and scripts) they run on the calling thread.
   */
  readonly code?: CodeReference;
  /**
   * How long a running job may take to ask for its first loopback worker: a runner that can't reach
   * this process may not say so. Default: 300,000.
   */
  readonly workerTimeoutMs?: number;
  /** How long a cancelled job may take to end. Default: 30,000. */
  readonly cancelTimeoutMs?: number;
  /** How a connection that is lost while the job runs is taken up again. */
  readonly backOff?: BackOffOptions;
  readonly onState?: (state: JobState) => void;
  readonly onMessage?: (message: JobMessage) => void;
  /** Called about `progressIntervalMs` apart while the job runs. */
  readonly onProgress?: (progress: PortableProgress) => void;
  /** Default: 1,000. */
  readonly progressIntervalMs?: number;
}

export interface PortableDetachOptions extends PortableSubmitOptions {
  /** Workers in this process would end with it, so there is no default. */
  readonly environment: Exclude<PortableEnvironment, { readonly kind: "loopback" }>;
}

export interface PortableProgress {
  readonly jobId: string;
  readonly state: JobState;
  readonly elapsedMs: number;
  /** Of attempted work, as far as the runner tells. */
  readonly counters: readonly CounterValue[];
}

/** What a finished job was. It is returned only for a job that succeeded. */
export interface PortableRunResult {
  readonly state: Extract<FinalJobState, "done" | "updated" | "drained">;
  readonly jobId: string;
  readonly jobEndpoint: string;
  /** From submission to end. */
  readonly elapsedMs: number;
  /** User counters in pipeline order: committed, or attempted where the runner tells no more. */
  readonly counters: readonly CounterValue[];
  readonly metrics: JobMetrics;
}

/** A job that runs without us. */
export interface SubmittedJob {
  readonly jobId: string;
  readonly jobEndpoint: string;
}
