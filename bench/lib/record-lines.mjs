import { below, randomIntegers } from "./random.mjs";

/**
 * @typedef {object} RecordShape
 * @property {number} records how many lines in all
 * @property {number} keys how many different keys to draw from, all with the same chance
 * @property {number} seed
 */

/** Bytes of a line, its LF included, and of the key that it begins with. */
export const RECORD_BYTES = 100;
export const KEY_BYTES = 10;

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
/** Coprime to 2^25, so that keys which are neighbours by number are none by name. */
const SCATTER = 20_261_123;
const RECORDS_PER_BLOCK = 40_000;

/**
 * Lines of 99 random letters, 6 bits of chance in each but the key, in blocks. The same shape gives
 * the same bytes on every machine. A block is valid until the next one is asked for.
 *
 * @param {RecordShape} shape `keys` at most 2^25
 * @returns {Generator<Uint8Array>}
 */
export function* recordLines({ records, keys, seed }) {
  const next = randomIntegers(seed);
  const codes = Buffer.from(LETTERS, "latin1");
  const block = Buffer.allocUnsafe(RECORDS_PER_BLOCK * RECORD_BYTES);
  const half = Math.ceil(Math.sqrt(keys));
  for (let written = 0; written < records; ) {
    const count = Math.min(RECORDS_PER_BLOCK, records - written);
    let at = 0;
    for (let i = 0; i < count; i++) {
      let number = keys;
      while (number >= keys) number = below(next, half) * half + below(next, half);
      let scattered = Math.imul(number, SCATTER) & 0x1ffffff;
      for (let letter = 0; letter < KEY_BYTES; letter++) {
        block[at++] = codes[scattered & 31] ?? 0;
        scattered = (scattered >>> 5) | ((scattered & 31) << 20);
      }
      const end = at + RECORD_BYTES - KEY_BYTES - 1;
      while (at < end) {
        let bits = next();
        for (let letter = 0; letter < 5 && at < end; letter++) {
          block[at++] = codes[bits & 63] ?? 0;
          bits >>>= 6;
        }
      }
      block[at++] = 10;
    }
    yield block.subarray(0, at);
    written += count;
  }
}
