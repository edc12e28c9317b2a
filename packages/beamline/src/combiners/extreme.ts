import { type CombineFn, combineFn } from "../fn/combine-fn.js";
import type { Compare } from "./compare.js";

/** A box, since `undefined` may be a value. */
type Extreme<T> = readonly [] | readonly [T];

/** Keeps the value that `wins` prefers over every other; undefined of none. */
export function extreme<T>(
  name: string,
  wins: Compare<T>,
): CombineFn<T, Extreme<T>, T | undefined> {
  const better = (a: Extreme<T>, b: Extreme<T>): Extreme<T> => {
    if (a.length === 0) return b;
    return b.length === 0 || wins(a[0], b[0]) >= 0 ? a : b;
  };
  return combineFn<T, Extreme<T>, T | undefined>({
    name,
    create: () => [],
    add: (best, value) => (best.length === 0 || wins(value, best[0]) > 0 ? [value] : best),
    merge: better,
    extract: ([value]) => value,
  });
}
