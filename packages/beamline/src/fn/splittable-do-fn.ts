import type { Coder } from "../coders/coder.js";
import type { Duration } from "../model/duration.js";
import type { Timestamp } from "../model/time.js";
import type { NoSideInputs, ProcessContext, TagTypes } from "./context.js";
import type { ProcessResult } from "./do-fn.js";
import type { RestrictionTracker } from "./restriction-tracker.js";
import type { AnyWatermarkEstimation } from "./watermark-estimator.js";

/** What a runner can tell a splittable DoFn before it splits. */
export interface SplitHints {
  /** How many bundles can run at the same time. */
  readonly parallelism: number;
}

/** The third argument of `SplittableDoFn.process`. */
export type SplittableContext<
  Out,
  Tags extends TagTypes = Record<never, never>,
  Side = NoSideInputs,
> = ProcessContext<Out, Tags, Side> & Resumption;

/** What only the `process` of a splittable DoFn can do. */
export interface Resumption {
  /**
   * There is nothing more to do for now: `process` returns after it with part of its restriction
   * unclaimed, and is called again for that part after `delay`.
   */
  resumeAfter(delay: Duration): void;
  /**
   * How far event time has come. With `manualWatermark`, assign to it: no later output of this
   * restriction may lie before it.
   */
  watermark: Timestamp;
}

/**
 * A DoFn whose work on one element can be cut into restrictions that run anywhere and in any
 * order: what sources are made of.
 *
 * The runner pairs each element with `initialRestriction`, cuts it by `split`, spreads the pieces
 * over its workers, and calls `process` for each (`beam:transform:sdf_*:v1`).
 */
export abstract class SplittableDoFn<
  In,
  Restriction,
  Position,
  Out,
  Tags extends TagTypes = Record<never, never>,
  Side = NoSideInputs,
> {
  /** What it needs from the side, for the type system only. */
  declare readonly needs?: (side: Side) => void;

  abstract readonly restrictionCoder: Coder<Restriction>;

  /** False for sources that never end. Their `process` returns now and then. Default: true. */
  readonly isBounded: boolean = true;

  /**
   * How the watermark of a restriction is estimated: `manualWatermark()`, `monotonicWatermark()`,
   * `wallClockWatermark()` or one of your own. Default: it stays at the timestamp of the element
   * until the restriction is done.
   */
  readonly watermarkEstimation?: AnyWatermarkEstimation;

  /** How far before the timestamp of its element an output may lie. Default: 0. */
  readonly allowedTimestampSkew?: Duration;

  /** Set it where `ctx.afterCommit` is called. Default: false. */
  readonly finalizesBundles?: boolean;

  abstract initialRestriction(element: In): Restriction | Promise<Restriction>;

  /** Default: no initial split. */
  split(_element: In, restriction: Restriction, _hints: SplitHints): Iterable<Restriction> {
    return [restriction];
  }

  /** The work in a restriction, in bytes where it is data. Decides how pieces are spread. */
  abstract size(element: In, restriction: Restriction): number;

  abstract newTracker(restriction: Restriction): RestrictionTracker<Restriction, Position>;

  /**
   * What is still to be done of a restriction when the job drains: undefined for nothing. Default:
   * all of a bounded one, nothing of an unbounded one.
   */
  truncate(_element: In, restriction: Restriction): Restriction | undefined {
    return this.isBounded ? restriction : undefined;
  }

  abstract process(
    element: In,
    tracker: RestrictionTracker<Restriction, Position>,
    ctx: SplittableContext<Out, Tags, Side>,
  ): ProcessResult<Out>;
}
