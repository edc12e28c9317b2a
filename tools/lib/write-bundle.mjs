import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

/**
 * Puts the files of a bundle in their folder, which holds nothing else then. Somebody may run what
 * is there: parts come before what imports them, and go after it.
 * @param {string} folder
 * @param {ReadonlyMap<string, string>} files - Contents by absolute path.
 */
export function writeBundle(folder, files) {
  mkdirSync(folder, { recursive: true });
  const isChunk = (/** @type {string} */ path) => basename(path).startsWith("chunk-");
  const [chunks, entries] = [[...files.keys()].filter(isChunk), [...files.keys()]];
  for (const path of [...chunks, ...entries]) writeFileSync(path, files.get(path) ?? "");
  const names = new Set([...files.keys()].map((path) => basename(path)));
  for (const name of readdirSync(folder)) if (!names.has(name)) rmSync(`${folder}/${name}`);
}
