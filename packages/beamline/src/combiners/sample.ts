import { type CombineFn, combineFn } from "../fn/combine-fn.js";
import { requireCount } from "./top.js";

export interface SampleOptions {
  /** Numbers in [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
}

/** A value and its lot: the `n` smallest lots are the sample. */
type Lot<T> = readonly [lot: number, value: T];

/** `n` values drawn at random without replacement, each with the same chance. */
export function sample<T>(n: number, options: SampleOptions = {}): CombineFn<T, Lot<T>[], T[]> {
  requireCount("sample", n);
  const { random = Math.random } = options;
  const trim = (lots: Lot<T>[]): Lot<T>[] => {
    lots.sort((a, b) => a[0] - b[0]);
    if (lots.length > n) lots.length = n;
    return lots;
  };
  return combineFn<T, Lot<T>[], T[]>({
    name: "Sample",
    create: () => [],
    add(lots, value) {
      lots.push([random(), value]);
      return lots.length >= 2 * n + 16 ? trim(lots) : lots;
    },
    merge(a, b) {
      for (const lot of b) a.push(lot);
      return trim(a);
    },
    extract: (lots) => trim([...lots]).map(([, value]) => value),
  });
}
