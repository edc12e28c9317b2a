import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const SKIPPED = new Set(["node_modules", "dist", ".git", ".beamline", "coverage"]);

/**
 * The files below a folder, as sorted paths with `/` that start with the folder's own path;
 * installed and built folders are left out. Empty when the folder does not exist.
 * @param {string} folder
 * @returns {string[]}
 */
export function walk(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(join(folder, entry.name));
      return [join(folder, entry.name).replaceAll("\\", "/")];
    });
}
