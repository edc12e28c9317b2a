import type { AtomicCoder } from "./atomic-coder.js";
import { JsCoder } from "./js-coder.js";

/**
 * Any plain JavaScript value, exactly: the default coder.
 *
 * Keeps undefined, null, booleans, every number and bigint, every string, arrays (with holes and
 * named properties, such as RegExp matches have), plain and null-prototype objects, Map, Set, Date,
 * RegExp, built-in errors, ArrayBuffer, DataView, typed arrays and Buffer, in any nesting.
 *
 * Values are trees: an object that occurs twice comes back as two. Accessors come back as their
 * values, views over part of a buffer as views over a buffer of their own, and nothing is frozen.
 * Properties that are not enumerable, and those that somebody has given to a typed array, stay
 * behind, as do symbol keys of anything but plain objects.
 *
 * Throws `CANNOT_ENCODE` with the path inside the value on functions, symbols, instances of other
 * classes, properties with symbol keys, cycles, and nesting beyond 1000 levels.
 */
export const js: AtomicCoder<unknown> = new JsCoder("beamline:coder:js:v1", false);
