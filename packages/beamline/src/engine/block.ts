import { MIN_TIMESTAMP, type Timestamp } from "../model/time.js";
import type { Run } from "./spill/run.js";

/**
 * What stands before each value besides its own bytes: nothing, where all elements carry the meta
 * of an impulse or of the only firing of the global window, or else the meta itself.
 */
export type RecordForm = "impulse" | "firing" | "timed";

/** A run of encoded records: the unit in which the engine stores and moves data. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly records: number;
  /** The work in it, in bytes of input or of its own. */
  readonly weight: number;
  /** Blocks of one partition of a shuffle hold all values of their keys. */
  readonly partition: number;
  /** Default: `"impulse"`. */
  readonly form?: RecordForm;
  /** No record is earlier. Default: the beginning of time. */
  readonly minTimestamp?: Timestamp;
  /** The last instant of the windows that its records are in. Default: not known. */
  readonly maxInstant?: Timestamp;
  /** The page of the arena that its bytes are in. Default: memory of their own. */
  readonly page?: number;
  /** Where its records are in place of `bytes`, which are none then. Default: in memory. */
  readonly run?: Run;
}

/** The earliest timestamp in a block, as far as is known. */
export function minTimestampOf({ minTimestamp = MIN_TIMESTAMP }: Block): Timestamp {
  return minTimestamp;
}
