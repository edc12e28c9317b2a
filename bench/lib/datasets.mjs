import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { manyWords } from "./many-words.mjs";
import { recordLines } from "./record-lines.mjs";
import { wordText } from "./word-text.mjs";

/**
 * What a file is made of, by whose generator: words of a vocabulary, words without end, records.
 *
 * @typedef {import("./word-text.mjs").WordTextShape
 *   | import("./many-words.mjs").ManyWordsShape
 *   | import("./record-lines.mjs").RecordShape} Shape
 *
 * @typedef {object} Dataset
 * @property {string} file name of the file
 * @property {Shape} shape
 * @property {number} bytes size of the file that `shape` gives
 * @property {string} sha256 hash of that file
 */

/**
 * The generated inputs by kind and size. Size and hash are part of the definition: a machine on
 * which they come out differently would measure something else, and is refused.
 *
 * @satisfies {Readonly<Record<string, Readonly<Record<string, Dataset>>>>}
 */
export const datasets = {
  /** Few words, many times: texts of WordCount. */
  words: {
    "14mb": {
      file: "words-14mb.txt",
      shape: { words: 2_000_000, distinct: 20_000, wordsPerLine: 10, seed: 1 },
      bytes: 14_043_261,
      sha256: "2a1e881ad05e4f55e2b7f5e1c8adc51bdc5574a26c5da3e7b95351e2e7bc8f70",
    },
    "35mb": {
      file: "words-35mb.txt",
      shape: { words: 5_000_000, distinct: 20_000, wordsPerLine: 10, seed: 1 },
      bytes: 35_105_930,
      sha256: "8a9ad780081a4129e3220c7f43a9e7afcf32100c84fa3577f0264d0112478ce8",
    },
    "140mb": {
      file: "words-140mb.txt",
      shape: { words: 20_000_000, distinct: 20_000, wordsPerLine: 10, seed: 1 },
      bytes: 140_429_968,
      sha256: "2179e2381b90bd3667da8c936949cede99bd3440001d822ef15fb0538e9e0259",
    },
    "250mb": {
      file: "words-250mb.txt",
      shape: { words: 35_625_000, distinct: 20_000, wordsPerLine: 10, seed: 1 },
      bytes: 250_144_837,
      sha256: "36c0b9390aa695842edf178f7a72138051786a377fc0b871d3c6df3dfca9da7e",
    },
    "1gb": {
      file: "words-1gb.txt",
      shape: { words: 142_500_000, distinct: 20_000, wordsPerLine: 10, seed: 1 },
      bytes: 1_000_593_890,
      sha256: "9e43a8c1df0353b956a37d927e5c03d1e4b50f52953f9bec62d618a7ef438f03",
    },
    "4gb": {
      file: "words-4gb.txt",
      shape: { words: 570_000_000, distinct: 20_000, wordsPerLine: 10, seed: 1 },
      bytes: 4_002_251_204,
      sha256: "73d66625bca51c834fec6a0d945c42a467c35d006f30d2f069800cc16be1580f",
    },
  },
  /** So many different words that a table of them is large. */
  manyWords: {
    "10mb": {
      file: "many-words-10mb.txt",
      shape: { words: 1_800_000, many: 50_000, wordsPerLine: 10, seed: 3 },
      bytes: 8_342_815,
      sha256: "5496990572d4c9d2a42b200a90e96e386c76e3e9875b710ad80c819f84b615ae",
    },
    "40mb": {
      file: "many-words-40mb.txt",
      shape: { words: 7_200_000, many: 200_000, wordsPerLine: 10, seed: 3 },
      bytes: 35_342_229,
      sha256: "9503bfbcae94613755604d1ee8d1b77bfb6d27317f8f2b041cb242ad296b73ac",
    },
    "250mb": {
      file: "many-words-250mb.txt",
      shape: { words: 39_250_000, many: 1_250_000, wordsPerLine: 10, seed: 3 },
      bytes: 220_575_799,
      sha256: "a1c5431458b8341a4cbf6738160320e330ba52e4a83c4727ffe0d0fcf75ca94e",
    },
    "1gb": {
      file: "many-words-1gb.txt",
      shape: { words: 157_000_000, many: 5_000_000, wordsPerLine: 10, seed: 3 },
      bytes: 927_076_615,
      sha256: "6af1427c8728ab7e26c363d8205c03d403cb833fc196713858277ed59e085579",
    },
    "4gb": {
      file: "many-words-4gb.txt",
      shape: { words: 628_000_000, many: 20_000_000, wordsPerLine: 10, seed: 3 },
      bytes: 4_007_998_489,
      sha256: "b64282a64d7e048369f877a9c8469fc68311be83b34b52a9ebb30ef903f2ec78",
    },
  },
  /** Lines of 100 bytes that begin with a key; each key has two of them on average. */
  records: {
    "10mb": {
      file: "records-10mb.txt",
      shape: { records: 100_000, keys: 50_000, seed: 2 },
      bytes: 10_000_000,
      sha256: "29da5522bcf101d6e07b6af3919357fc051f9d79a9b96ff500e03f46c97f2451",
    },
    "40mb": {
      file: "records-40mb.txt",
      shape: { records: 400_000, keys: 200_000, seed: 2 },
      bytes: 40_000_000,
      sha256: "41c848bb2d58931d7d26c08b634f3331e91a9449353184546d47d3e91a446a12",
    },
    "1gb": {
      file: "records-1gb.txt",
      shape: { records: 10_000_000, keys: 5_000_000, seed: 2 },
      bytes: 1_000_000_000,
      sha256: "5c3459a9dd266e2b582341e3cc9e1eef18127509c661dc8501e71509b1e93786",
    },
    "4gb": {
      file: "records-4gb.txt",
      shape: { records: 40_000_000, keys: 20_000_000, seed: 2 },
      bytes: 4_000_000_000,
      sha256: "f4101c5badfa33706cd5c066301c08de18247ee0bf3af0ad536bc36d27384602",
    },
  },
};

/**
 * The dataset of this kind and size; throws a sentence where there is none.
 *
 * @param {string} job
 * @param {Readonly<Record<string, Dataset>>} ofKind
 * @param {string} size
 * @returns {Dataset}
 */
export function datasetOf(job, ofKind, size) {
  const dataset = ofKind[size];
  if (dataset !== undefined) return dataset;
  throw new Error(
    `Cannot measure ${job}: there is no input of ${size}; ` +
      `choose --size ${Object.keys(ofKind).join(" or ")}`,
  );
}

/**
 * The path of the dataset's file in `folder`, generated if it is not there or not intact. Reading
 * it to verify it also brings it into the page cache, for every contender alike.
 *
 * @param {Dataset} dataset
 * @param {string} folder
 * @returns {Promise<string>}
 */
export async function ensureDataset(dataset, folder) {
  const path = join(folder, dataset.file);
  if (await isIntact(path, dataset)) return path;
  await writeBlocks(path, blocksOf(dataset.shape));
  if (await isIntact(path, dataset)) return path;
  throw new Error(
    `Cannot use the generated ${dataset.file}: ${path} differs from its recorded size and hash; ` +
      "update both in bench/lib/datasets.mjs if the generator was changed on purpose",
  );
}

/**
 * @param {Shape} shape
 * @returns {Iterable<Uint8Array>}
 */
function blocksOf(shape) {
  if ("records" in shape) return recordLines(shape);
  return "many" in shape ? manyWords(shape) : wordText(shape);
}

/**
 * Writes a file under a temporary name and renames it once it is whole.
 *
 * @param {string} path
 * @param {Iterable<Uint8Array>} blocks
 */
export async function writeBlocks(path, blocks) {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      for (const block of blocks) await file.writeFile(block);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Whether a file is there and is what it is recorded to be.
 *
 * @param {string} path
 * @param {Pick<Dataset, "bytes" | "sha256">} recorded
 */
export async function isIntact(path, { bytes, sha256 }) {
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== bytes) return false;
  const hash = createHash("sha256");
  for await (const block of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(block);
  return hash.digest("hex") === sha256;
}
