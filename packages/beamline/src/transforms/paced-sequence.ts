import { type OffsetRange, OffsetRangeTracker, offsetRangeCoder } from "../fn/offset-range.js";
import type { RestrictionTracker } from "../fn/restriction-tracker.js";
import { type SplittableContext, SplittableDoFn } from "../fn/splittable-do-fn.js";
import { monotonicWatermark } from "../fn/watermark-estimator.js";
import { type Duration, toMilliseconds } from "../model/duration.js";
import { BeamlineError } from "../model/errors.js";

/** So many numbers in each `per`. */
export interface SequenceRate {
  readonly elements: number;
  readonly per: Duration;
}

interface Pace {
  readonly elements: number;
  readonly perMs: number;
}

/** A sequence on its way, with the instant at which its first number was due. */
export interface PacedSequence extends Pace {
  readonly range: OffsetRange;
  readonly startedAt: number;
}

export function paceOf({ elements, per }: SequenceRate): Pace {
  const perMs = toMilliseconds(per, "generate a sequence at a rate");
  if (!(elements > 0) || perMs === 0) {
    throw new BeamlineError(
      "BAD_RATE",
      `Cannot generate a sequence at a rate of ${elements} elements in ${perMs} ms: give numbers above 0, such as { elements: 10, per: { seconds: 1 } }`,
    );
  }
  return { elements, perMs };
}

/** Emits each number when it is due, and what is overdue at once. */
export class PacedSequenceFn extends SplittableDoFn<PacedSequence, OffsetRange, number, number> {
  readonly restrictionCoder = offsetRangeCoder;
  override readonly isBounded = false;
  override readonly watermarkEstimation = monotonicWatermark();

  initialRestriction({ range }: PacedSequence): OffsetRange {
    return range;
  }

  size(_sequence: PacedSequence, [start, end]: OffsetRange): number {
    return (end - start) * 8;
  }

  newTracker(restriction: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(restriction);
  }

  process(
    { range, startedAt, elements, perMs }: PacedSequence,
    tracker: RestrictionTracker<OffsetRange, number>,
    ctx: SplittableContext<number>,
  ): void {
    const [first] = range;
    let [next] = tracker.currentRestriction();
    for (;;) {
      const due = startedAt + Math.floor(((next - first) * perMs) / elements);
      const wait = due - Date.now();
      if (wait > 0 && next < range[1]) {
        ctx.resumeAfter(wait);
        return;
      }
      if (!tracker.tryClaim(next)) return;
      ctx.output(next, due);
      next++;
    }
  }
}
