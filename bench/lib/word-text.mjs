import { randomIntegers } from "./random.mjs";
import { vocabulary } from "./vocabulary.mjs";
import { zipfRanks } from "./zipf.mjs";

/**
 * @typedef {object} WordTextShape
 * @property {number} words how many words in all
 * @property {number} distinct how many different words to draw from
 * @property {number} wordsPerLine words of a line, separated by one space; lines end in LF
 * @property {number} seed
 */

const BLOCK_BYTES = 4 << 20;

/**
 * The text in blocks of at most 4 MiB of ASCII, made as they are read. The same shape gives the
 * same bytes on every machine. A block is valid until the next one is asked for.
 *
 * @param {WordTextShape} shape
 * @returns {Generator<Uint8Array>}
 */
export function* wordText({ words, distinct, wordsPerLine, seed }) {
  const next = randomIntegers(seed);
  const encoded = vocabulary(next, distinct).map((word) => Buffer.from(`${word} `, "latin1"));
  const drawRank = zipfRanks(distinct, next);
  const longest = Math.max(...encoded.map((word) => word.length));
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  const newline = 10;

  let at = 0;
  let onLine = 0;
  for (let written = 0; written < words; written++) {
    if (at + longest > BLOCK_BYTES) {
      yield block.subarray(0, at);
      at = 0;
    }
    const word = encoded[drawRank()] ?? Buffer.alloc(0);
    for (let index = 0; index < word.length; index++) block[at++] = word[index] ?? 0;
    onLine++;
    if (onLine === wordsPerLine || written === words - 1) {
      block[at - 1] = newline;
      onLine = 0;
    }
  }
  if (at > 0) yield block.subarray(0, at);
}
