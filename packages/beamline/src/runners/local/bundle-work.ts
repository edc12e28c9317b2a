import type { Block } from "../../engine/block.js";
import type { BundleProgress } from "../../exec/bundle-processor.js";
import type { StepCounts } from "../../exec/step-metrics.js";

/** A bundle to run: plain data, fit for a message to another thread. */
export interface BundleWork {
  readonly stage: string;
  readonly blocks: readonly Block[];
}

/** What a committed bundle made. */
export interface BundleOutput {
  /** Blocks by dataset. */
  readonly blocks: readonly { readonly dataset: string; readonly blocks: readonly Block[] }[];
  readonly steps: readonly StepCounts[];
}

/** Something that runs bundles, one at a time. */
export interface Executor {
  run(work: BundleWork): Promise<BundleOutput>;
  /** Of the running bundle; zeros between bundles. */
  readonly progress: BundleProgress;
  close(): Promise<void>;
}
