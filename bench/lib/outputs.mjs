import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LineHashes } from "./line-hashes.mjs";

/**
 * What a job wrote, whatever the order of its lines and the number of its files.
 *
 * @typedef {object} OutputDigest
 * @property {number} lines
 * @property {string} hash of what was written, as {@link Comparison} says
 */

/**
 * What makes two outputs equal.
 *
 * - `"lines"`: the same lines. They are sorted in memory.
 * - `"many lines"`: the same, of more lines than fit; two outputs that differ pass for equal with a
 *   chance of 2^-64.
 * - `{ groupedBy }`: the same lines, and those that begin with the same so many bytes stand together
 *   in one file, in any order.
 *
 * - `"parquet"`: the same rows, of Parquet files.
 *
 * @typedef {"lines" | "many lines" | "parquet" | { readonly groupedBy: number }} Comparison
 */

/**
 * @param {string} prefix every file that begins with it is read: `out`, `out-00000-of-00002`, ...;
 *   and where it is a folder, the files in it that are neither hidden nor markers (`_SUCCESS`)
 * @param {Comparison} [comparison]
 * @returns {Promise<OutputDigest>}
 */
export async function digestOutput(prefix, comparison = "lines") {
  const entries = await readdir(dirname(prefix), { withFileTypes: true });
  const paths = entries
    .filter(({ name }) => name.startsWith(basename(prefix)))
    .map((entry) => (entry.isDirectory() ? partsIn(prefix) : [join(dirname(prefix), entry.name)]));
  const files = (await Promise.all(paths)).flat();
  if (comparison === "lines") return sortedLines(files);
  if (comparison === "parquet") return (await import("./parquet-digest.mjs")).digestParquet(files);
  const hashes = new LineHashes(comparison === "many lines" ? undefined : comparison.groupedBy);
  for (const file of files) {
    for await (const block of createReadStream(file, { highWaterMark: 1 << 20 })) hashes.add(block);
    hashes.endFile();
  }
  return { lines: hashes.lines, hash: hashes.digest() };
}

/** @param {readonly string[]} files */
async function sortedLines(files) {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line !== "");
  const hash = createHash("sha256");
  for (const line of lines.sort()) hash.update(line).update("\n");
  return { lines: lines.length, hash: hash.digest("hex") };
}

/** @param {string} folder */
async function partsIn(folder) {
  const names = (await readdir(folder)).filter((name) => !/^[._]/.test(name));
  return names.map((name) => join(folder, name));
}
