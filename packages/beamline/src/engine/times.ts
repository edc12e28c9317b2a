import type { Timestamp } from "../model/time.js";

/** What a bundle, and all that is kept for its keys, knows of time. */
export interface Times {
  /** The stage's input watermark: no earlier element will come that is not late. */
  readonly watermark: Timestamp;
  /** Milliseconds since the epoch, or the end of time once nothing more can come. */
  readonly processingTime: number;
}
