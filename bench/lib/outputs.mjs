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
 * @param {string} prefix every file that begins with it is read: `out`, `out-00000-of-00002`, ...
 * @returns {Promise<OutputDigest>}
 */
export async function digestOutput(prefix) {
  const folder = dirname(prefix);
  const names = (await readdir(folder)).filter((name) => name.startsWith(basename(prefix)));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line !== "");
  const hash = createHash("sha256");
  for (const line of lines.sort()) hash.update(line).update("\n");
  return { lines: lines.length, sha256: hash.digest("hex") };
}
