import { type CombineFn, combineFn } from "../fn/combine-fn.js";

/** Adds numbers; 0 of none. */
export function sum(): CombineFn<number, number, number> {
  return combineFn({
    name: "Sum",
    create: () => 0,
    add: (total: number, value: number) => total + value,
    merge: (a: number, b: number) => a + b,
    extract: (total: number) => total,
  });
}
