import type { Block } from "../../engine/block.js";
import type { HashRange, Run } from "../../engine/spill/run.js";
import type { SpillOrder } from "../../engine/spill/spill-options.js";
import type { Times } from "../../engine/times.js";
import type { BundleProgress } from "../../exec/bundle-processor.js";
import type { StepCounts } from "../../exec/step-metrics.js";
import type { Timestamp } from "../../model/time.js";

/** A bundle to run: plain data, fit for a message to another thread. */
export interface BundleWork {
  readonly stage: string;
  readonly blocks: readonly Block[];
  /** What its steps read from the side. */
  readonly sideInputs: readonly SideWork[];
  /** Whose keys it has, in a streaming stage that keeps state: the same executor has it each time. */
  readonly shard: number | undefined;
  readonly times: Times;
  /** Of a shard that another executor had: what to make it of again. */
  readonly restore?: ShardCopy;
  /** The hashes that it is to read of the runs among its blocks. Default: all. */
  readonly range?: HashRange;
  /** It is to write its blocks, which wait in this dataset, to disk in this order. */
  readonly spill?: { readonly dataset: string; readonly order: SpillOrder };
  /** The job drains: what is left of its restrictions is to be cut short first. */
  readonly drains?: boolean;
}

/** A side input as far as it is there. */
export interface SideWork {
  readonly dataset: string;
  readonly chunks: readonly SideChunk[];
  /** All of it, where it is too large for memory: there are no chunks then. */
  readonly runs?: readonly Run[];
}

/** A part of a side input: encoded records in memory that all threads share. It never changes. */
export interface SideChunk {
  /** Unique in the dataset. */
  readonly id: number;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly records: number;
}

/** What a committed bundle made. */
export interface BundleOutput {
  /** Blocks by dataset. */
  readonly blocks: readonly { readonly dataset: string; readonly blocks: readonly Block[] }[];
  readonly steps: readonly StepCounts[];
  /** When the keys of the bundle's shard have something to do again. */
  readonly shard?: ShardTimes;
  /** What became of the bundle's shard, so that it can be made again elsewhere. */
  readonly change?: ShardChange;
  /** Restrictions that are left of the bundle's. */
  readonly residuals?: readonly Residual[];
  /** User code wants to hear when the bundle is committed: see {@link Executor.finalize}. */
  readonly finalizes?: boolean;
}

export interface ShardTimes {
  /** The earliest element that the shard's state and timers may still emit. */
  readonly hold: Timestamp | undefined;
  readonly nextEventTime: Timestamp | undefined;
  readonly nextProcessingTime: number | undefined;
}

/** How a bundle has changed its shard. */
export type ShardChange =
  /** It has the state that this says, as all of it. */
  | { readonly kind: "snapshot"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** This is what has changed (`KeyedState.changes`). */
  | { readonly kind: "state"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** It took in what the bundle had, at the bundle's times; that says all. */
  | { readonly kind: "input" };

/** What makes a shard again: a snapshot, where one was taken, and what has changed since. */
export interface ShardCopy {
  readonly snapshot: Uint8Array<ArrayBuffer> | undefined;
  readonly changes: readonly KeptChange[];
}

export type KeptChange =
  | { readonly kind: "state"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "input"; readonly blocks: readonly Block[]; readonly times: Times };

/** A part of a restriction that waits to be gone on with. */
export interface Residual {
  readonly block: Block;
  /** Nothing earlier will come out of it. */
  readonly watermark: Timestamp;
  readonly resumeAfterMs: number;
}

/** A bundle that has given part of its work away while it runs. */
export interface BundleSplit {
  /** What it goes on with, and what would run again if it failed. */
  readonly kept: readonly Block[];
  /** What is another bundle's now. */
  readonly residual: readonly Block[];
}

/** Something that runs bundles, one at a time. */
export interface Executor {
  /** @param onSplit - Told of what the bundle gives away after a {@link requestSplit}. */
  run(work: BundleWork, onSplit?: (split: BundleSplit) => void): Promise<BundleOutput>;
  /** Asks the running bundle to give part of its work away. Absent where nobody could hear it. */
  requestSplit?(): void;
  /** The last bundle has been committed: tells user code that waits for it. */
  finalize(): void;
  /** What the bundle that failed last had counted. */
  failedCounts(): readonly StepCounts[];
  /** Of the running bundle; zeros between bundles. */
  readonly progress: BundleProgress;
  close(): Promise<void>;
}
