import type { NamedMetric } from "../../exec/step-metrics.js";
import type { Timestamp } from "../../model/time.js";
import type { SideTokens } from "./side-tokens.js";
import type { StateAnswer, StateQuery, StateWrite } from "./state-access.js";

/**
 * What passes between the harness, which holds the connections, and a lane, which runs bundles: as
 * messages between threads, or as plain calls on one thread. Byte arrays are handed over: whoever
 * posts one does not touch it again.
 */
export type ToLane =
  | { readonly kind: "descriptor"; readonly id: string; readonly bytes: Uint8Array }
  | {
      readonly kind: "process";
      readonly instruction: string;
      readonly descriptor: string;
      readonly sideTokens: SideTokens;
    }
  /** Elements, or timers of a family. */
  | ({ readonly kind: "data" } & Chunk)
  /** That many bytes of output have left; the buffer is free to be used again. */
  | {
      readonly kind: "sent";
      readonly instruction: string;
      readonly transform: string;
      readonly size: number;
      readonly buffer: ArrayBuffer | undefined;
    }
  | {
      readonly kind: "split";
      readonly request: number;
      readonly instruction: string;
      readonly desired: readonly DesiredSplit[];
    }
  | { readonly kind: "progress"; readonly request: number; readonly instruction: string }
  | { readonly kind: "status"; readonly request: number }
  /** The bundle has been committed: its callbacks may run. */
  | { readonly kind: "finalize"; readonly request: number; readonly instruction: string }
  | { readonly kind: "state"; readonly request: number; readonly answer: StateAnswer }
  | { readonly kind: "abort"; readonly instruction: string; readonly reason: string }
  | { readonly kind: "close" };

export type FromLane =
  | { readonly kind: "ready" }
  /** The lane cannot run anything; it ends. `report` is an encoded error report. */
  | { readonly kind: "broken"; readonly report: string }
  | ({ readonly kind: "output" } & Chunk)
  /** Input that has been taken off the lane's queue: the harness may send more. */
  | { readonly kind: "consumed"; readonly instruction: string; readonly size: number }
  | { readonly kind: "done"; readonly instruction: string; readonly result: BundleResult }
  | { readonly kind: "failed"; readonly instruction: string; readonly report: string }
  | { readonly kind: "answer"; readonly request: number; readonly answer: LaneAnswer }
  | ({ readonly kind: "state"; readonly request: number } & StateQuery)
  /** Goes to the runner before any later question about state does. */
  | {
      readonly kind: "stateWrites";
      readonly instruction: string;
      readonly writes: readonly StateWrite[];
    }
  | { readonly kind: "log"; readonly line: LogLine }
  | { readonly kind: "closed" };

/** Encoded elements of one bundle at one source or sink. */
export interface Chunk {
  readonly instruction: string;
  /** Id of the source or sink transform; of timers the one whose they are. */
  readonly transform: string;
  /** The family of timers; undefined where these are elements. */
  readonly family?: string | undefined;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

export interface DesiredSplit {
  /** Id of the source transform. */
  readonly transform: string;
  readonly fractionOfRemainder: number;
  readonly estimatedElements: number;
  /** Empty: anywhere. */
  readonly allowedSplitPoints: readonly number[];
}

/** An element that is to be processed elsewhere, in the wire coder of the source that it came from. */
export interface RootElement {
  readonly transform: string;
  readonly input: string;
  readonly element: Uint8Array;
}

/** A root whose time has not come yet. */
export interface DelayedRoot extends RootElement {
  readonly delayMs: number;
  /** No output lies before, by the runner's names of the transform's outputs. */
  readonly watermarks: Readonly<Record<string, Timestamp>>;
  readonly isBounded: boolean;
}

export interface ChannelSplit {
  readonly transform: string;
  readonly lastPrimary: number;
  readonly firstResidual: number;
}

export interface SplitResult {
  readonly primaryRoots: readonly RootElement[];
  readonly residualRoots: readonly DelayedRoot[];
  readonly channels: readonly ChannelSplit[];
}

/** What a bundle has counted: of a running one so far, of a finished one in all. */
export interface BundleCounts {
  readonly steps: readonly TransformCounts[];
  /** Elements that went into each sink, with a sample of their sizes. */
  readonly sinks: readonly SinkCounts[];
  /** Index of the last element read, by source transform; -1 before the first. */
  readonly readIndex: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
}

/** Counts of a step, under the runner's ids. */
export interface TransformCounts {
  readonly transform: string;
  /** PCollection that the elements came from. */
  readonly input: string;
  readonly elements: number;
  /** User counters by name. */
  readonly counters: Readonly<Record<string, number>>;
  /** User metrics of other kinds. Default: none. */
  readonly metrics?: readonly NamedMetric[];
}

export interface SinkCounts {
  readonly transform: string;
  readonly pcollection: string;
  readonly elements: number;
  readonly sizes: Distribution;
}

export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface BundleResult {
  readonly counts: BundleCounts;
  /** The last chunk of every sink. */
  readonly outputs: readonly Chunk[];
  /** Whether chunks went out before. */
  readonly flushed: boolean;
  /** Every timer family of the stage: what was set and cleared. */
  readonly timers: readonly Chunk[];
  /** What splittable DoFns have left for later. */
  readonly residualRoots: readonly DelayedRoot[];
  /** Whether something is to happen when the bundle has been committed. */
  readonly finalizes: boolean;
}

export type LaneAnswer =
  | { readonly kind: "split"; readonly result: SplitResult | undefined }
  | { readonly kind: "progress"; readonly counts: BundleCounts | undefined; readonly idle: boolean }
  | { readonly kind: "finalize"; readonly error: string | undefined }
  | { readonly kind: "status"; readonly text: string };

export type LogSeverity = "debug" | "info" | "warn" | "error";

export interface LogLine {
  readonly severity: LogSeverity;
  readonly atMs: number;
  readonly message: string;
  readonly instruction?: string;
  readonly transform?: string;
  readonly thread?: string;
}
