import type { Coder } from "../coders/coder.js";
import type { ProcessContext, TagTypes } from "./context.js";
import type { ProcessResult } from "./do-fn.js";
import type { RestrictionTracker } from "./restriction-tracker.js";

/** What a runner can tell a splittable DoFn before it splits. */
export interface SplitHints {
  /** How many bundles can run at the same time. */
  readonly parallelism: number;
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
> {
  abstract readonly restrictionCoder: Coder<Restriction>;

  abstract initialRestriction(element: In): Restriction | Promise<Restriction>;

  /** Default: no initial split. */
  split(_element: In, restriction: Restriction, _hints: SplitHints): Iterable<Restriction> {
    return [restriction];
  }

  /** The work in a restriction, in bytes where it is data. Decides how pieces are spread. */
  abstract size(element: In, restriction: Restriction): number;

  abstract newTracker(restriction: Restriction): RestrictionTracker<Restriction, Position>;

  abstract process(
    element: In,
    tracker: RestrictionTracker<Restriction, Position>,
    ctx: ProcessContext<Out, Tags>,
  ): ProcessResult<Out>;
}
