/**
 * The wire form of the `js` and `jsKey` coders. Every value starts with one tag byte; what stands
 * often in pipelines (small integers, short strings, tuples, records) has its size in the tag.
 *
 * | tag         | value                                | what follows                                  |
 * | ----------- | ------------------------------------ | --------------------------------------------- |
 * | `00`-`6f`   | integers 0 to 111                    |                                               |
 * | `70`-`7f`   | integers -16 to -1                   |                                               |
 * | `80`-`bf`   | ASCII string of 0 to 63 characters   | one byte a character                          |
 * | `c0`-`cf`   | array of 0 to 15 elements            | the elements                                  |
 * | `d0`-`df`   | plain object of 0 to 15 properties   | all keys, as strings; then all values         |
 * | `e0`-`e3`   | undefined, null, false, true         |                                               |
 * | `e4`, `e5`  | safe integer n >= 0, n < 0           | varint of n, of -1 - n                        |
 * | `e6`        | number that a float32 holds, -0      | float32                                       |
 * | `e7`        | any other number                     | float64                                       |
 * | `e8`        | bigint of 64 bits, signed            | varint                                        |
 * | `e9`, `ea`  | longer bigint n >= 0, n < 0          | length, magnitude                             |
 * | `eb`        | longer ASCII string                  | length, one byte a character                  |
 * | `ec`        | string that is not ASCII             | length in bytes, UTF-8                        |
 * | `ed`        | string with lone surrogates          | length in bytes, UTF-16 (little-endian)       |
 * | `ee`        | longer array                         | length, the elements                          |
 * | `ef`        | array with holes or named properties | length, count, (index, element) x count, named count, (key, value) x named count |
 * | `f0`        | larger plain object                  | count, all keys, all values                   |
 * | `f1`        | object without prototype             | count, all keys, all values                   |
 * | `f2`        | Map                                  | size, (key, value) x size                     |
 * | `f3`        | Set                                  | size, the elements                            |
 * | `f4`        | Date                                 | its time as a number (NaN if invalid)         |
 * | `f5`        | RegExp                               | source, flags as strings, lastIndex           |
 * | `f6`        | Error of a built-in type             | type byte, count, (enumerable byte, key, value) x count |
 * | `f7`        | ArrayBuffer                          | length, bytes                                 |
 * | `f8`        | Buffer                               | length, bytes                                 |
 * | `f9`        | typed array, DataView                | type byte, length in bytes, bytes             |
 *
 * Counts, lengths and indices are varints. Numbers are big-endian; the bytes of typed arrays stay
 * in the machine's order, which is little-endian wherever but on s390x.
 *
 * In keys (`jsKey`) object keys are sorted by UTF-16 code units, the entries of maps and sets by
 * their bytes, -0 is 0, and every NaN has the same bytes.
 */
export const TAG = {
  smallNegative: 0x70,
  shortString: 0x80,
  shortArray: 0xc0,
  shortObject: 0xd0,
  undefined: 0xe0,
  null: 0xe1,
  false: 0xe2,
  true: 0xe3,
  positiveInteger: 0xe4,
  negativeInteger: 0xe5,
  float32: 0xe6,
  float64: 0xe7,
  bigint64: 0xe8,
  positiveBigint: 0xe9,
  negativeBigint: 0xea,
  asciiString: 0xeb,
  utf8String: 0xec,
  utf16String: 0xed,
  array: 0xee,
  oddArray: 0xef,
  object: 0xf0,
  nullPrototypeObject: 0xf1,
  map: 0xf2,
  set: 0xf3,
  date: 0xf4,
  regExp: 0xf5,
  error: 0xf6,
  arrayBuffer: 0xf7,
  buffer: 0xf8,
  view: 0xf9,
} as const;

/** The largest of the integers that are their own tag. */
export const MAX_SMALL_INTEGER = 111;
export const MIN_SMALL_INTEGER = -16;
/** The longest string whose length stands in the tag. */
export const MAX_SHORT_STRING = 63;
/** The most elements or properties whose count stands in the tag. */
export const MAX_SHORT_COUNT = 15;

/**
 * The deepest nesting, on both sides: what encodes also decodes, and no bytes can overflow the
 * stack. Deeper values are nearly always cyclic.
 */
export const MAX_DEPTH = 1000;
