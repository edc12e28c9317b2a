import type { ElementMeta } from "../model/element-meta.js";

/** A restriction that a splittable DoFn is in the midst of, for progress and for splits. */
export interface ActiveRestriction {
  readonly meta: ElementMeta;
  /** The part that is done, 0 to 1. */
  fractionDone(): number;
  /**
   * Cuts off what lies beyond `fraction` of the rest. Both parts are elements for the same step:
   * the first is what the running call goes on with.
   */
  split(fraction: number): { readonly primary: unknown; readonly residual: unknown } | undefined;
}
