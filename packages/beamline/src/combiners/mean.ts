import { type CombineFn, combineFn } from "../fn/combine-fn.js";

interface MeanAccumulator {
  sum: number;
  count: number;
}

/** The arithmetic mean of numbers; NaN of none. */
export function mean(): CombineFn<number, MeanAccumulator, number> {
  return combineFn({
    name: "Mean",
    create: () => ({ sum: 0, count: 0 }),
    add: (acc: MeanAccumulator, value: number) => {
      acc.sum += value;
      acc.count++;
      return acc;
    },
    merge: (a: MeanAccumulator, b: MeanAccumulator) => {
      a.sum += b.sum;
      a.count += b.count;
      return a;
    },
    extract: ({ sum, count }: MeanAccumulator) => sum / count,
  });
}
