import type { BundleWork } from "../bundle-work.js";
import type { PlannedStage } from "../plan.js";
import type { Draft } from "./stage-input.js";

/** A bundle on its way to being committed. */
export interface Task {
  readonly stage: PlannedStage;
  readonly work: BundleWork;
  /** In bytes, as far as the choice of threads goes. */
  readonly weight: number;
  /** The executor that has the keys' state; undefined where any will do. */
  readonly slot: number | undefined;
  /** What a streaming stage knows it by. */
  readonly draft: Draft | undefined;
  /** Failed attempts so far. */
  readonly failures: number;
  /** How the last attempt failed. */
  readonly lastFailure?: string;
}
