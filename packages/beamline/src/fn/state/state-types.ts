import type { Timestamp } from "../../model/time.js";

/**
 * What a stateful DoFn remembers for the key and the window of its element. Reads and writes are
 * synchronous; writes are kept when the bundle commits, and forgotten when it fails.
 */
export interface ReadableState {
  isEmpty(): boolean;
  clear(): void;
}

/** One value, or none yet. */
export interface ValueState<T> extends ReadableState {
  /** Undefined when nothing was written since the window began or since `clear`. */
  read(): T | undefined;
  write(value: T): void;
}

/** Values in the order in which they were added. */
export interface BagState<T> extends ReadableState {
  add(value: T): void;
  /** A list that later calls do not change. */
  read(): readonly T[];
}

/** Values that are combined as they come: only their accumulator is kept. */
export interface CombiningState<In, Out> extends ReadableState {
  add(value: In): void;
  /** The result of combining all that was added; that of nothing where nothing was. */
  read(): Out;
}

/** Values by key, in no particular order. Keys are equal when their encodings are. */
export interface MapState<K, V> extends ReadableState {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  has(key: K): boolean;
  delete(key: K): void;
  keys(): readonly K[];
  values(): readonly V[];
  entries(): readonly (readonly [K, V])[];
}

/** Distinct values. Values are equal when their encodings are. */
export interface SetState<T> extends ReadableState {
  /** True when the value was not there yet. */
  add(value: T): boolean;
  has(value: T): boolean;
  delete(value: T): void;
  read(): readonly T[];
}

export interface TimestampedValue<T> {
  readonly timestamp: Timestamp;
  readonly value: T;
}

/** Instants from `from` up to, not including, `to`. Default: all. */
export interface TimestampRange {
  readonly from?: Timestamp;
  readonly to?: Timestamp;
}

/** Values in the order of their timestamps; those of one timestamp in the order of their coming. */
export interface OrderedListState<T> extends ReadableState {
  add(timestamp: Timestamp, value: T): void;
  read(range?: TimestampRange): readonly TimestampedValue<T>[];
  clearRange(range: TimestampRange): void;
}
