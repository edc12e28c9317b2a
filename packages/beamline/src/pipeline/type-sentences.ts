/**
 * Compile errors that read as sentences: where a type does not fit, these types turn into a
 * string literal that says what to do, and TypeScript prints it.
 */

/** `Message` where a callback's result is a promise; otherwise no constraint. */
export type Synchronous<Result, Message extends string> =
  Result extends PromiseLike<unknown> ? Message : unknown;

/** What a string is not: it is iterable, but hardly ever meant as its characters. */
export interface NotText<Message extends string> {
  readonly charAt?: Message;
}

/** `Self` where the elements are `[K, V]` pairs, otherwise `Message`. */
export type IfKeyed<Element, Self, Message extends string> = [Element] extends [
  readonly [unknown, unknown],
]
  ? Self
  : Message;

/**
 * Bound of inferred element types. It excludes nothing; its tuples make TypeScript infer
 * `[word, 1]` as the pair `[string, number]` and not as an array of `string | number`.
 */
export type Inferred =
  | readonly [unknown, unknown]
  | readonly [unknown, unknown, unknown]
  | NonNullable<unknown>
  | null
  | undefined;

export type KeyOf<Element> = Element extends readonly [infer Key, unknown] ? Key : never;
export type ValueOf<Element> = Element extends readonly [unknown, infer Value] ? Value : never;
