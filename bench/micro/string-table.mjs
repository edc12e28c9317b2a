// Why combine tables look strings up in a table of their own (exec/string-table.ts) and not in a Map:
// counting words that were just cut out of a text, in nanoseconds of processor time for each, without
// the cutting. Run it after npm run build: node bench/micro/string-table.mjs
import { StringTable } from "../../packages/beamline/dist/exec/string-table.js";
import { wordText } from "../lib/word-text.mjs";

const ROUNDS = 5;

/** @typedef {(words: readonly string[]) => void} Count */

/** @type {Record<string, () => Count>} */
const contenders = {
  nothing: () => () => {},
  "a Map of entries": () => {
    /** @type {Map<string, { count: number }>} */
    const map = new Map();
    return (words) => {
      for (let i = 0; i < words.length; i++) {
        const word = /** @type {string} */ (words[i]);
        const entry = map.get(word);
        if (entry === undefined) map.set(word, { count: 1 });
        else entry.count++;
      }
    };
  },
  "a Map of numbers": () => {
    /** @type {Map<string, number>} */
    const map = new Map();
    return (words) => {
      for (let i = 0; i < words.length; i++) {
        const word = /** @type {string} */ (words[i]);
        map.set(word, (map.get(word) ?? 0) + 1);
      }
    };
  },
  StringTable: () => {
    /** @type {StringTable<number>} */
    const table = new StringTable();
    return (words) => {
      for (let i = 0; i < words.length; i++) {
        const word = /** @type {string} */ (words[i]);
        let at = table.find(word);
        if (at < 0) at = table.add(word, 0);
        const { cells } = table;
        cells[at] = /** @type {number} */ (cells[at]) + 1;
      }
    };
  },
};

for (const distinct of [1_000, 20_000, 100_000]) {
  const shape = { words: 3_000_000, distinct, wordsPerLine: 10, seed: 1 };
  const blocks = [...wordText(shape)].map((block) => Buffer.from(block));
  const lines = Buffer.concat(blocks).toString("latin1").split("\n");
  /** @type {Map<string, number>} */
  const best = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, make] of Object.entries(contenders)) {
      const nanoseconds = timed(make(), lines) / (shape.words / 1e9);
      best.set(name, Math.min(nanoseconds, best.get(name) ?? Number.POSITIVE_INFINITY));
    }
  }
  const cutting = best.get("nothing") ?? 0;
  console.log(`${distinct} different words`);
  for (const [name, nanoseconds] of best) {
    if (name === "nothing") continue;
    console.log(`  ${name.padEnd(18)} ${(nanoseconds - cutting).toFixed(0).padStart(4)} ns a word`);
  }
}

/**
 * @param {Count} count
 * @param {readonly string[]} lines
 * @returns {number} seconds of processor time
 */
function timed(count, lines) {
  const before = process.cpuUsage();
  for (const line of lines) count(line.match(/[A-Za-z']+/g) ?? []);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
