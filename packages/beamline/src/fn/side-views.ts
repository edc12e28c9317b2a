/**
 * What a function reads from a map-shaped side input. Keys are equal when their encodings are:
 * objects by content.
 */
export interface SideMap<K, V> {
  /** The value of a key; undefined where there is none. */
  get(key: K): V | undefined;
  has(key: K): boolean;
  /** Goes through all of the side input, however large. */
  keys(): Iterable<K>;
  /** Goes through all of the side input, however large. */
  entries(): Iterable<readonly [K, V]>;
  /** The number of keys. */
  readonly size: number;
}

/** The same where a key has any number of values. */
export interface SideMultimap<K, V> {
  /** The values of a key, in no order; empty where there are none. Can be iterated again. */
  get(key: K): Iterable<V>;
  has(key: K): boolean;
  /** Each key once. Goes through all of the side input, however large. */
  keys(): Iterable<K>;
  /** Goes through all of the side input, however large. */
  entries(): Iterable<readonly [K, Iterable<V>]>;
  /** The number of keys. */
  readonly size: number;
}
