import { below, randomIntegers } from "./random.mjs";

/**
 * @typedef {object} ManyWordsShape
 * @property {number} words how many words in all
 * @property {number} many how many different words to draw from, all with the same chance
 * @property {number} wordsPerLine words of a line, separated by one space; lines end in LF
 * @property {number} seed
 */

const BLOCK_BYTES = 4 << 20;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const LONGEST = 8;

/**
 * A text of more different words than fit in most tables, in blocks of at most 4 MiB of ASCII. The
 * same shape gives the same bytes on every machine. A block is valid until the next one is asked for.
 *
 * @param {ManyWordsShape} shape `many` at most 2^32
 * @returns {Generator<Uint8Array>}
 */
export function* manyWords({ words, many, wordsPerLine, seed }) {
  const next = randomIntegers(seed);
  const codes = Buffer.from(LETTERS, "latin1");
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  const half = Math.ceil(Math.sqrt(many));
  let at = 0;
  let onLine = 0;
  for (let written = 0; written < words; written++) {
    if (at + LONGEST + 1 > BLOCK_BYTES) {
      yield block.subarray(0, at);
      at = 0;
    }
    let number = many;
    while (number >= many) number = below(next, half) * half + below(next, half);
    // Every number has a spelling of its own: its digits to the base of 26.
    do {
      block[at++] = codes[number % 26] ?? 0;
      number = Math.floor(number / 26);
    } while (number > 0);
    onLine++;
    const ends = onLine === wordsPerLine || written === words - 1;
    block[at++] = ends ? 10 : 32;
    if (ends) onLine = 0;
  }
  if (at > 0) yield block.subarray(0, at);
}
