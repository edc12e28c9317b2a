import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * What a job wrote, whatever the order of its lines and the number of its files.
 *
 * @typedef {object} OutputDigest
 * @property {number} lines
 * @property {string} sha256 of the sorted lines
 */

/**
 * @param {string} prefix every file that begins with it is read: `out`, `out-00000-of-00002`, ...;
 *   and where it is a folder, the files in it that are neither hidden nor markers (`_SUCCESS`)
 * @returns {Promise<OutputDigest>}
 */
export async function digestOutput(prefix) {
  const entries = await readdir(dirname(prefix), { withFileTypes: true });
  const paths = entries
    .filter(({ name }) => name.startsWith(basename(prefix)))
    .map((entry) => (entry.isDirectory() ? partsIn(prefix) : [join(dirname(prefix), entry.name)]));
  const files = (await Promise.all(paths)).flat();
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line !== "");
  const hash = createHash("sha256");
  for (const line of lines.sort()) hash.update(line).update("\n");
  return { lines: lines.length, sha256: hash.digest("hex") };
}

/** @param {string} folder */
async function partsIn(folder) {
  const names = (await readdir(folder)).filter((name) => !/^[._]/.test(name));
  return names.map((name) => join(folder, name));
}
