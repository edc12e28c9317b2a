import { type CombineFn, combineFn } from "../fn/combine-fn.js";
import type { Timestamp } from "../model/time.js";

/** A value with its event time. */
export type Timed<T> = readonly [timestamp: Timestamp, value: T];

/** The value of the latest timestamp; any one of several. Undefined of none. */
export function latestOf<T>(): CombineFn<Timed<T>, Timed<T> | null, T | undefined> {
  const later = (a: Timed<T> | null, b: Timed<T> | null) =>
    a === null || (b !== null && b[0] > a[0]) ? b : a;
  return combineFn<Timed<T>, Timed<T> | null, T | undefined>({
    name: "Latest",
    create: () => null,
    add: later,
    merge: later,
    extract: (latest) => (latest === null ? undefined : latest[1]),
  });
}
