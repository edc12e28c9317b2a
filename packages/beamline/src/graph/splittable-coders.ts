import type { Coder } from "../coders/coder.js";
import { double } from "../coders/double.js";
import { kv } from "../coders/kv.js";
import type { AnySplittableDoFn } from "../fn/user-fn.js";
import { NO_ESTIMATOR_STATE } from "../fn/watermark-estimator.js";

/** `KV<restriction, watermark estimator state>`: how a restriction travels. */
export function restrictionStateCoder(fn: AnySplittableDoFn): Coder<unknown> {
  const state = fn.watermarkEstimation?.stateCoder ?? NO_ESTIMATOR_STATE;
  return kv(fn.restrictionCoder, state as Coder<unknown>) as Coder<unknown>;
}

/** `KV<KV<element, KV<restriction, state>>, size>`: Beam's wire form of sized restrictions. */
export function sizedRestrictionCoder(
  element: Coder<unknown>,
  fn: AnySplittableDoFn,
): Coder<unknown> {
  return kv(kv(element, restrictionStateCoder(fn)), double) as Coder<unknown>;
}
