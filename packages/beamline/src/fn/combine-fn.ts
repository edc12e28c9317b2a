import type { Coder } from "../coders/coder.js";

/**
 * An associative and commutative reduction in four plain functions.
 *
 * Values are added into accumulators where they arise and only accumulators travel ("lifted"), so
 * `merge` sees accumulators in any grouping. `add` and `merge` may change and return their first
 * argument.
 */
export interface CombineFn<In, Acc, Out> {
  /** An accumulator of no values: the identity of `merge`. */
  create(): Acc;
  add(accumulator: Acc, value: In): Acc;
  merge(a: Acc, b: Acc): Acc;
  extract(accumulator: Acc): Out;
  /** How accumulators travel. Default: the coder for any JavaScript value. */
  readonly accumulatorCoder?: Coder<Acc>;
  /** The coder of results. Default: the coder for any JavaScript value. */
  readonly outputCoder?: Coder<Out>;
  /** Names the transform where the user gives no name, such as `Sum`. */
  readonly name?: string;
}

/** Makes a {@link CombineFn} with its types inferred from the four functions. */
export function combineFn<In, Acc, Out>(fn: CombineFn<In, Acc, Out>): CombineFn<In, Acc, Out> {
  return fn;
}
