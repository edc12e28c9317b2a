import type { CombineFn } from "../fn/combine-fn.js";
import { type Compare, natural, requireCompare } from "./compare.js";
import { extreme } from "./extreme.js";

/** The smallest value by `compare` (default: `<`); undefined of none. */
export function min<T>(
  compare: Compare<T> = natural,
): CombineFn<T, readonly [] | readonly [T], T | undefined> {
  requireCompare("min", compare);
  return extreme("Min", (a, b) => -compare(a, b));
}
