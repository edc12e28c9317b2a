import type { CodeReference } from "../../code-ref/code-reference.js";
import type { Clock } from "../../model/clock.js";
import type { CounterValue } from "../../model/counter-value.js";
import type { DistributionData, MetricValue } from "../../model/metric.js";
import type { MemoryReport } from "./memory/job-memory.js";

export type { CounterValue, MemoryReport };

export interface LocalRunOptions {
  /** Threads that run bundles. Default: one per core. 1 runs everything on the calling thread. */
  readonly workers?: number;
  /**
   * Where worker threads find the pipeline's functions. Without it (a pipeline built inline, as in
   * tests and scripts) everything runs on the calling thread.
   */
  readonly code?: CodeReference;
  /**
   * `"auto"` starts worker threads once there is work for them; `"always"` starts them at once and
   * runs every bundle there, as tests want it. Default: `"auto"`.
   */
  readonly workerThreads?: "auto" | "always";
  /**
   * Bytes of memory to keep to, besides what functions hold and some 200 MB for Node. Default: half
   * of what the machine, or its container, has.
   */
  readonly memory?: number;
  /** Folder for what does not fit in memory. Default: the system's for temporary files. */
  readonly scratch?: string;
  /** `"always"` sends everything between stages through files, for tests. Default: `"auto"`. */
  readonly spilling?: "auto" | "always";
  /** How work is cut into bundles, for tests. Default: `"auto"`. */
  readonly bundling?: Bundling;
  /** `false` gives every ParDo a stage of its own, for tests. Default: true. */
  readonly fusion?: boolean;
  /** Encode and decode at every edge, so that what works here works remotely. Default: false. */
  readonly strictEncoding?: boolean;
  /**
   * How often a bundle is tried before the job fails. Default: 4. A bundle that fails twice in the
   * same way is not tried again.
   */
  readonly maxAttempts?: number;
  /** Cancels the run. What is half-written is removed before the promise rejects. */
  readonly signal?: AbortSignal;
  /**
   * Drains the run: sources take in nothing more, what they have taken in is worked off, windows
   * close, and the run ends as one that has come to its end.
   */
  readonly drain?: AbortSignal;
  /** Tells processing time. Default: the system's clock. */
  readonly clock?: Clock;
  /**
   * Folder for CPU profiles: a `.cpuprofile` for each thread, which Chrome's DevTools and VS Code
   * open. Default: none are made.
   */
  readonly profile?: string;
  /** Called about `progressIntervalMs` apart while the job runs, and once at its end. */
  readonly onProgress?: (progress: RunProgress) => void;
  /** Default: 200. */
  readonly progressIntervalMs?: number;
}

/**
 * `"auto"` as it is fast; `"smallest"` one element or one key a bundle; `"largest"` everything that
 * a stage has in one bundle. What a pipeline computes is the same in each.
 */
export type Bundling = "auto" | "smallest" | "largest";

export interface RunProgress {
  /** Names of the transforms that the stages being worked on begin with. */
  readonly running: readonly string[];
  readonly stagesDone: number;
  readonly stagesTotal: number;
  /** Elements that have come out of sources so far, or gone through the busiest step. */
  readonly elements: number;
  /** Bytes of input read so far, and known in all. */
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly elapsedMs: number;
  /** Threads at work. */
  readonly workers: number;
}

export interface TransformCount {
  readonly transform: string;
  /** Elements that came into it. */
  readonly elements: number;
}

/** What the engine measured of one stage. */
export interface StageReport {
  /** Name of the transform that the stage begins with. */
  readonly stage: string;
  readonly bundles: number;
  /** Encoded bytes that it took from, and handed to, other stages. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** How long bundles took, in milliseconds; undefined where there was none. */
  readonly bundleMs: DistributionData | undefined;
  /** By how much its output watermark was behind the clock at worst, in a stage that streams. */
  readonly maxWatermarkLagMs: number | undefined;
}

/** What a finished run was. It is returned only for a run that succeeded. */
export interface LocalRunResult {
  readonly state: "done";
  readonly elapsedMs: number;
  readonly workers: number;
  readonly bundles: number;
  /** Bundles that failed and were run again. */
  readonly retries: number;
  /** Worker threads that died; others have taken their places, and their bundles. */
  readonly threadsLost: number;
  readonly memory: MemoryReport;
  /** User counters, over committed bundles only, in pipeline order. */
  readonly counters: readonly CounterValue[];
  /** User metrics of every kind, counters among them, over committed bundles only. */
  readonly metrics: readonly MetricValue[];
  /** The same over all bundles, also those that failed and ran again. */
  readonly attemptedMetrics: readonly MetricValue[];
  /** How the stages went, in pipeline order. */
  readonly stages: readonly StageReport[];
  /** Paths of the CPU profiles that were asked for. */
  readonly profiles: readonly string[];
  /** Elements by transform, in pipeline order. */
  readonly transforms: readonly TransformCount[];
}
