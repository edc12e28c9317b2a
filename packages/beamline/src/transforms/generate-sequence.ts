import { varint } from "../coders/varint.js";
import type { ProcessContext } from "../fn/context.js";
import {
  type OffsetRange,
  OffsetRangeTracker,
  offsetRangeCoder,
  splitOffsetRange,
} from "../fn/offset-range.js";
import type { RestrictionTracker } from "../fn/restriction-tracker.js";
import { type SplitHints, SplittableDoFn } from "../fn/splittable-do-fn.js";
import { BeamlineError } from "../model/errors.js";
import type { PCollection } from "../pipeline/pcollection.js";
import type { Pipeline } from "../pipeline/pipeline.js";
import type { PTransform } from "../pipeline/ptransform.js";

export interface SequenceRange {
  /** First number. Default: 0. */
  readonly from?: number;
  /** One past the last number. */
  readonly to: number;
}

/** Numbers below which a piece of the sequence is not worth a bundle of its own. */
const SMALLEST_PIECE = 100_000;
/** Numbers between two looks at whether downstream has room. */
const BURST = 10_000;

/** The whole numbers from `from` up to, but not including, `to`, produced by all workers. */
export function generateSequence({
  from = 0,
  to,
}: SequenceRange): PTransform<Pipeline, PCollection<number>> {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from) {
    throw new BeamlineError(
      "BAD_RANGE",
      `Cannot generate the sequence from ${from} to ${to}: give safe whole numbers with 0 <= from <= to`,
    );
  }
  const range: OffsetRange = [from, to];
  return {
    name: "GenerateSequence",
    parameters: { from, to },
    expand: (p) =>
      p
        .impulse()
        .map("Range", () => range)
        .withCoder(offsetRangeCoder)
        .parDo("Numbers", () => new SequenceFn())
        .withCoder(varint),
  };
}

class SequenceFn extends SplittableDoFn<OffsetRange, OffsetRange, number, number> {
  readonly restrictionCoder = offsetRangeCoder;

  initialRestriction(range: OffsetRange): OffsetRange {
    return range;
  }

  override split(_range: OffsetRange, restriction: OffsetRange, { parallelism }: SplitHints) {
    return splitOffsetRange(restriction, parallelism * 4, SMALLEST_PIECE);
  }

  /** As if each number were read from eight bytes. */
  size(_range: OffsetRange, [start, end]: OffsetRange): number {
    return (end - start) * 8;
  }

  newTracker(restriction: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(restriction);
  }

  async process(
    _range: OffsetRange,
    tracker: RestrictionTracker<OffsetRange, number>,
    ctx: ProcessContext<number>,
  ): Promise<void> {
    let [next] = tracker.currentRestriction();
    for (;;) {
      for (const burst = next + BURST; next < burst; next++) {
        if (!tracker.tryClaim(next)) return;
        ctx.output(next);
      }
      await ctx.ready();
    }
  }
}
