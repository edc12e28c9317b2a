import { type CombineFn, combineFn } from "../fn/combine-fn.js";

/** All values in one array, in no order: they must fit in memory. */
export function toList<T>(): CombineFn<T, T[], T[]> {
  return combineFn<T, T[], T[]>({
    name: "ToList",
    create: () => [],
    add(values, value) {
      values.push(value);
      return values;
    },
    merge(a, b) {
      for (const value of b) a.push(value);
      return a;
    },
    extract: (values) => values,
  });
}
