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
import {
  type PacedSequence,
  PacedSequenceFn,
  paceOf,
  type SequenceRate,
} from "./paced-sequence.js";

export interface SequenceRange {
  /** First number. Default: 0. */
  readonly from?: number;
  /** One past the last number. Default, with a rate: there is no last one. */
  readonly to?: number;
  /**
   * How fast the numbers come, such as `{ elements: 10, per: { seconds: 1 } }`: the sequence is a
   * stream then, and each number has the instant at which it was due as its timestamp.
   */
  readonly rate?: SequenceRate;
}

/** Numbers below which a piece of the sequence is not worth a bundle of its own. */
const SMALLEST_PIECE = 100_000;
/** Numbers between two looks at whether downstream has room. */
const BURST = 10_000;

/**
 * The whole numbers from `from` up to, but not including, `to`: as fast as they can be made, by all
 * workers, or at a given rate.
 *
 * @example
 * ```ts
 * p.apply(generateSequence({ rate: { elements: 1, per: { seconds: 5 } } })).map("Tick", ...);
 * ```
 */
export function generateSequence({
  from = 0,
  to,
  rate,
}: SequenceRange): PTransform<Pipeline, PCollection<number>> {
  const end = to ?? (rate === undefined ? Number.NaN : Number.MAX_SAFE_INTEGER);
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(end) || from < 0 || end < from) {
    throw new BeamlineError(
      "BAD_RANGE",
      `Cannot generate the sequence from ${from} to ${to}: give safe whole numbers with 0 <= from <= to, or leave \`to\` out and give a rate`,
    );
  }
  const range: OffsetRange = [from, end];
  if (rate !== undefined) {
    const pace = paceOf(rate);
    return {
      name: "GenerateSequence",
      parameters: { from, to, pace },
      expand: (p) =>
        p
          .impulse()
          .map("Range", (): PacedSequence => ({ range, startedAt: Date.now(), ...pace }))
          .parDo("Numbers", () => new PacedSequenceFn())
          .withCoder(varint),
    };
  }
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
