import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { wordText } from "./word-text.mjs";

/**
 * @typedef {object} Dataset
 * @property {import("./word-text.mjs").WordTextShape} shape
 * @property {number} bytes size of the file that `shape` gives
 * @property {string} sha256 hash of that file
 */

/**
 * The generated inputs. Size and hash are part of the definition: a machine on which they come
 * out differently would measure something else, and is refused.
 *
 * @type {Readonly<Record<string, Dataset>>}
 */
export const datasets = {
  "14mb": {
    shape: { words: 2_000_000, distinct: 20_000, wordsPerLine: 10, seed: 1 },
    bytes: 14_043_261,
    sha256: "2a1e881ad05e4f55e2b7f5e1c8adc51bdc5574a26c5da3e7b95351e2e7bc8f70",
  },
  "140mb": {
    shape: { words: 20_000_000, distinct: 20_000, wordsPerLine: 10, seed: 1 },
    bytes: 140_429_968,
    sha256: "2179e2381b90bd3667da8c936949cede99bd3440001d822ef15fb0538e9e0259",
  },
};

/**
 * The path of the dataset's file in `folder`, generated if it is not there or not intact. Reading
 * it to verify it also brings it into the page cache, for every contender alike.
 *
 * @param {string} name
 * @param {Dataset} dataset
 * @param {string} folder
 * @returns {Promise<string>}
 */
export async function ensureDataset(name, dataset, folder) {
  const path = join(folder, `words-${name}.txt`);
  if (await isIntact(path, dataset)) return path;
  await writeWordText(path, dataset.shape);
  if (await isIntact(path, dataset)) return path;
  throw new Error(
    `Cannot use the generated ${name} text: ${path} differs from its recorded size and hash; ` +
      "update both in bench/lib/datasets.mjs if the generator was changed on purpose",
  );
}

/**
 * Writes a text under a temporary name and renames it once it is whole.
 *
 * @param {string} path
 * @param {import("./word-text.mjs").WordTextShape} shape
 */
export async function writeWordText(path, shape) {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      for (const block of wordText(shape)) await file.writeFile(block);
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
 * @param {string} path
 * @param {Dataset} dataset
 */
async function isIntact(path, { bytes, sha256 }) {
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== bytes) return false;
  const hash = createHash("sha256");
  for await (const block of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(block);
  return hash.digest("hex") === sha256;
}
