/** The key type of `[K, V]` elements. */
export type KeyOfElement<Element> = Element extends readonly [infer Key, unknown] ? Key : unknown;

/** `Result` where elements are `[K, V]` pairs; else a sentence that TypeScript prints. */
export type WhenKeyed<Element, Result> = [Element] extends [readonly [unknown, unknown]]
  ? Result
  : "state and timers need [K, V] elements: call keyBy() first, and extend DoFn<[K, V], Out>";
