import type { AtomicCoder } from "./atomic-coder.js";
import { JsCoder } from "./js-coder.js";

/**
 * Any plain JavaScript value as a key: values that are equal all the way down have the same bytes,
 * and others do not.
 *
 * The order of an object's keys and of a map's or set's entries does not count, -0 equals 0 and
 * NaN equals NaN (also inside typed arrays of floats); the number 1, the bigint 1n and the string
 * "1" are three keys, and so are a hole, undefined and an absent property. The class counts: an
 * object without prototype does not equal a plain one, nor a Buffer a Uint8Array. Two elements of
 * one Set that are equal all the way down count twice.
 *
 * Throws `NOT_A_KEY` on what the `js` coder refuses, and on errors: two errors are never equal,
 * since each carries its own stack trace.
 */
export const jsKey: AtomicCoder<unknown> = new JsCoder("beamline:coder:js_key:v1", true);
