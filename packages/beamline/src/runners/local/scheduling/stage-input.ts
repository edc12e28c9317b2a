import type { Block } from "../../../engine/block.js";
import type { Times } from "../../../engine/times.js";
import type { Timestamp } from "../../../model/time.js";
import type { BundleOutput } from "../bundle-work.js";

/** A bundle of a streaming stage, before it becomes a task. */
export interface Draft {
  readonly blocks: readonly Block[];
  /** Whose keys it has; undefined where keys do not matter. */
  readonly shard: number | undefined;
  /** Its restrictions are to be cut short first. */
  readonly drains?: boolean;
}

/** What waits in front of a streaming stage, and how it is cut into bundles. */
export interface StageInput {
  offer(blocks: readonly Block[]): void;
  /** The earliest element that waits or is being worked on. */
  readonly pending: Timestamp;
  /** The earliest element that what is kept may still emit. */
  readonly hold: Timestamp;
  /** True when nothing waits, nothing is being worked on, and no timer is due, whatever the time. */
  readonly isEmpty: boolean;
  /** When to look again although nothing has come in: processing time in milliseconds. */
  readonly nextWake: number | undefined;
  /**
   * The bundles that can run now.
   *
   * @param times - The end of time once nothing more can come in.
   * @param now - What the clock says in any case.
   * @param isReady - Whether the side inputs that a block needs are there; others go on waiting.
   */
  take(times: Times, now: number, isReady: (block: Block) => boolean): Draft[];
  commit(draft: Draft, output: BundleOutput, now: number): void;
  /** From now on restrictions are cut short. Present where there are any. */
  drain?(): void;
}
