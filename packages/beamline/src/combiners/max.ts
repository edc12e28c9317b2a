import type { CombineFn } from "../fn/combine-fn.js";
import { type Compare, natural, requireCompare } from "./compare.js";
import { extreme } from "./extreme.js";

/** The largest value by `compare` (default: `<`); undefined of none. */
export function max<T>(
  compare: Compare<T> = natural,
): CombineFn<T, readonly [] | readonly [T], T | undefined> {
  requireCompare("max", compare);
  return extreme("Max", compare);
}
