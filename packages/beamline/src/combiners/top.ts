import { type CombineFn, combineFn } from "../fn/combine-fn.js";
import { BeamlineError } from "../model/errors.js";
import { type Compare, natural, requireCompare } from "./compare.js";

/**
 * The `n` largest values by `compare` (default: `<`), largest first.
 *
 * The accumulator gathers up to 2n values and is cut back to n by sorting: O(log n) per value.
 */
export function top<T>(n: number, compare: Compare<T> = natural): CombineFn<T, T[], T[]> {
  requireCount("top", n);
  requireCompare("top", compare);
  const descending = (a: T, b: T) => compare(b, a);
  const trim = (values: T[]): T[] => {
    values.sort(descending);
    if (values.length > n) values.length = n;
    return values;
  };
  return combineFn<T, T[], T[]>({
    name: "Top",
    create: () => [],
    add(values, value) {
      values.push(value);
      return values.length >= 2 * n + 16 ? trim(values) : values;
    },
    merge(a, b) {
      for (const value of b) a.push(value);
      return trim(a);
    },
    extract: (values) => trim([...values]),
  });
}

/** Refuses a size that is not a whole number of 1 or more. */
export function requireCount(verb: string, n: number): void {
  if (Number.isInteger(n) && n >= 1) return;
  throw new BeamlineError(
    "BAD_COUNT",
    `Cannot make ${verb}(${n}): the count must be a whole number of 1 or more; pass how many elements to keep`,
  );
}
