import { MAX_TIMESTAMP, MIN_TIMESTAMP, type Timestamp } from "../../model/time.js";

/** What a stage's watermarks follow from; every part is a lower bound of timestamps. */
export interface WatermarkSources {
  /** The lowest output watermark of the stages that write the stage's input. */
  readonly upstream: Timestamp;
  /** The earliest element that waits for the stage or is being worked on. */
  readonly pending: Timestamp;
  /** The earliest element that its state and timers may still emit. */
  readonly hold: Timestamp;
}

/**
 * The two watermarks of a stage: promises that no earlier element will come in, or go out.
 *
 *     input  = max(input,  min(upstream, pending))
 *     output = max(output, min(input, hold))
 *
 * Neither ever falls: what comes in behind the watermark is late, and moves nothing.
 */
export class StageWatermark {
  private inputWatermark: Timestamp = MIN_TIMESTAMP;
  private outputWatermark: Timestamp = MIN_TIMESTAMP;

  get input(): Timestamp {
    return this.inputWatermark;
  }

  get output(): Timestamp {
    return this.outputWatermark;
  }

  /** Says whether either has risen. */
  advance({ upstream, pending, hold }: WatermarkSources): boolean {
    const input = Math.max(this.inputWatermark, Math.min(upstream, pending));
    const output = Math.max(this.outputWatermark, Math.min(input, hold));
    const risen = input > this.inputWatermark || output > this.outputWatermark;
    this.inputWatermark = input;
    this.outputWatermark = output;
    return risen;
  }
}

/** The least of timestamps; the end of time of none. */
export function earliest(timestamps: Iterable<Timestamp | undefined>): Timestamp {
  let least = MAX_TIMESTAMP;
  for (const timestamp of timestamps) {
    if (timestamp !== undefined && timestamp < least) least = timestamp;
  }
  return least;
}
