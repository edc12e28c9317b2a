import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { wordText } from "./word-text.mjs";

/** Bytes of a file, at least: it ends with the line that reaches it. */
const FILE_BYTES = 1000;

/**
 * A text of the wordcount job's kind in many small files, by size.
 *
 * @satisfies {Readonly<Record<string, { files: number, sha256: string }>>}
 */
export const smallFiles = {
  "0.25mb": {
    files: 250,
    sha256: "fa0e7b3fd67ded2d21eb5c91930542fafcdfceb428d472cfabe70a70045c5d9c",
  },
  "1mb": {
    files: 1_000,
    sha256: "75c2f00b032873afe99383e21b9ceb7158996a35893266a7405fef25c882c485",
  },
  "2.5mb": {
    files: 2_500,
    sha256: "4212e7d963f506cae87dbbedb24a063705686ce63e4fc64235a1300cb88fa1a8",
  },
  "10mb": {
    files: 10_000,
    sha256: "f847574b7f5b768802a5fc47564ad705e7afcb7f153b5e94ab8db9057b700602",
  },
};

/**
 * The folder of that many files, generated if it is not there or not intact.
 *
 * @param {{ files: number, sha256: string }} dataset
 * @param {string} cache
 * @returns {Promise<string>}
 */
export async function ensureSmallFiles({ files, sha256 }, cache) {
  const folder = join(cache, `small-files-${files}`);
  if ((await hashOf(folder)) === sha256) return folder;
  const temporary = `${folder}.${randomUUID()}.tmp`;
  try {
    await mkdir(temporary, { recursive: true });
    await write(temporary, files);
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  const found = await hashOf(folder);
  if (found === sha256) return folder;
  throw new Error(
    `Cannot use the generated files: ${folder} has the hash ${found}, which is not the recorded one; ` +
      "update it in bench/lib/small-files.mjs if the generator was changed on purpose",
  );
}

/**
 * @param {string} folder
 * @param {number} files
 */
async function write(folder, files) {
  const shape = { words: files * 160, distinct: 20_000, wordsPerLine: 10, seed: 4 };
  const blocks = [...wordText(shape)].map((block) => Buffer.from(block));
  const lines = Buffer.concat(blocks);
  let start = 0;
  for (let file = 0; file < files; file++) {
    const newline = lines.indexOf(10, start + FILE_BYTES);
    if (newline === -1) throw new Error(`The text is too short for ${files} files`);
    const name = `part-${String(file).padStart(5, "0")}.txt`;
    await writeFile(join(folder, name), lines.subarray(start, newline + 1));
    start = newline + 1;
  }
}

/**
 * @param {string} folder
 * @returns {Promise<string | undefined>} of all names and contents; undefined where there is none
 */
async function hashOf(folder) {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return undefined;
  const hash = createHash("sha256");
  for (const name of names.sort())
    hash.update(`${name}\n`).update(await readFile(join(folder, name)));
  return hash.digest("hex");
}
