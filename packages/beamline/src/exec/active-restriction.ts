import type { ElementMeta } from "../model/element-meta.js";
import type { Timestamp } from "../model/time.js";

/** A restriction cut in two. */
export interface RestrictionParts {
  readonly primary: unknown;
  readonly residual: unknown;
  /** No output of the residual lies before; undefined where nothing is estimated. */
  readonly watermark: Timestamp | undefined;
}

/** A restriction that a splittable DoFn is in the midst of, for progress and for splits. */
export interface ActiveRestriction {
  readonly meta: ElementMeta;
  /** The part that is done, 0 to 1. */
  fractionDone(): number;
  /**
   * Cuts off what lies beyond `fraction` of the rest. Both parts are elements for the same step:
   * the first is what the running call goes on with.
   */
  split(fraction: number): RestrictionParts | undefined;
}
