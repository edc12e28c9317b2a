import { varint } from "../coders/varint.js";
import { type CombineFn, combineFn } from "../fn/combine-fn.js";

/** Counts values. */
export function count(): CombineFn<unknown, number, number> {
  return combineFn({
    name: "Count",
    create: () => 0,
    add: (total: number) => total + 1,
    merge: (a: number, b: number) => a + b,
    extract: (total: number) => total,
    accumulatorCoder: varint,
    outputCoder: varint,
  });
}
