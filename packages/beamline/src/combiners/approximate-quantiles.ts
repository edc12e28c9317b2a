import { type CombineFn, combineFn } from "../fn/combine-fn.js";
import { type Compare, natural, requireCompare } from "./compare.js";
import { requireCount } from "./top.js";

export interface ApproximateQuantilesOptions<T> {
  /** Default: the order of `<`. */
  readonly compare?: Compare<T>;
  /**
   * Values in one buffer of the sketch. The rank of a result is off by at most about
   * `log2(values / bufferSize) / (2 * bufferSize)` of all values. Default: 1000, so that it is
   * within 1 % for a billion of values.
   */
  readonly bufferSize?: number;
}

/** Values by weight: each in `levels[i]` stands for 2^i of them. */
export interface QuantileSketch<T> {
  readonly levels: T[][];
  /** Which half of a full buffer is kept next: in turn, so that errors cancel out. */
  parity: number;
  min: { readonly value: T } | undefined;
  max: { readonly value: T } | undefined;
}

/**
 * `count` values that cut the ordered values into parts of about the same size: the first is the
 * smallest value, the last the largest, so 3 gives minimum, median and maximum. Empty of no values.
 * In memory that hardly depends on how many values there are (Munro and Paterson 1980).
 *
 * @example
 * ```ts
 * latencies.combineGlobally(approximateQuantiles(101)); // the percentiles
 * ```
 */
export function approximateQuantiles<T>(
  count: number,
  { compare = natural, bufferSize = 1000 }: ApproximateQuantilesOptions<T> = {},
): CombineFn<T, QuantileSketch<T>, T[]> {
  requireCount("approximateQuantiles", count);
  requireCompare("approximateQuantiles", compare);
  requireCount("bufferSize", bufferSize);
  // Even, so that a buffer that is halved loses no weight.
  const size = bufferSize + (bufferSize % 2);

  const settle = (sketch: QuantileSketch<T>, from: number): void => {
    for (let i = from; i < sketch.levels.length; i++) {
      const level = sketch.levels[i] as T[];
      while (level.length >= size) {
        const full = level.splice(0, size).sort(compare);
        const next = sketch.levels[i + 1] ?? [];
        sketch.levels[i + 1] = next;
        for (let j = sketch.parity; j < size; j += 2) next.push(full[j] as T);
        sketch.parity = 1 - sketch.parity;
      }
    }
  };
  const widen = (sketch: QuantileSketch<T>, low: T, high: T): void => {
    if (sketch.min === undefined || compare(low, sketch.min.value) < 0) sketch.min = { value: low };
    if (sketch.max === undefined || compare(high, sketch.max.value) > 0)
      sketch.max = { value: high };
  };
  return combineFn<T, QuantileSketch<T>, T[]>({
    name: "ApproximateQuantiles",
    create: () => ({ levels: [[]], parity: 0, min: undefined, max: undefined }),
    add(sketch, value) {
      const level = sketch.levels[0] as T[];
      level.push(value);
      widen(sketch, value, value);
      if (level.length >= size) settle(sketch, 0);
      return sketch;
    },
    merge(a, b) {
      if (b.min === undefined || b.max === undefined) return a;
      widen(a, b.min.value, b.max.value);
      for (const [i, values] of b.levels.entries()) {
        const level = a.levels[i] ?? [];
        a.levels[i] = level;
        for (const value of values) level.push(value);
      }
      settle(a, 0);
      return a;
    },
    extract({ levels, min, max }) {
      if (min === undefined || max === undefined) return [];
      const weighted = levels.flatMap((values, i) =>
        values.map((value): readonly [T, number] => [value, 2 ** i]),
      );
      weighted.sort(([a], [b]) => compare(a, b));
      const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
      const quantiles: T[] = [];
      let at = 0;
      let before = 0;
      for (let i = 0; i < count; i++) {
        const target = (i * total) / Math.max(1, count - 1);
        while (at < weighted.length - 1 && before + (weighted[at]?.[1] ?? 0) <= target) {
          before += weighted[at]?.[1] ?? 0;
          at++;
        }
        quantiles.push(
          i === 0 ? min.value : i === count - 1 ? max.value : (weighted[at]?.[0] as T),
        );
      }
      return quantiles;
    },
  });
}
