import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../lib/run.mjs";

/**
 * A package as users will get it. `source` is its folder in the checkout, `files` are the paths
 * inside the tarball.
 * @typedef {{
 *   name: string,
 *   source: string,
 *   manifest: Record<string, unknown>,
 *   tarball: string,
 *   files: string[],
 * }} Packed
 */

/**
 * Packs a package of the workspace into a folder.
 * @param {string} source
 * @param {string} destination
 * @returns {Promise<Packed>}
 */
export async function pack(source, destination) {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", destination];
  const { stdout } = await mustRun("npm", args, { cwd: source });
  /** @type {{ name: string, filename: string, files: { path: string }[] }[]} */
  const [packed] = JSON.parse(stdout);
  if (packed === undefined) throw new Error(`Cannot pack ${source}: npm reported no tarball`);
  return {
    name: packed.name,
    source,
    manifest: JSON.parse(readFileSync(join(source, "package.json"), "utf8")),
    tarball: join(destination, packed.filename),
    files: packed.files.map((file) => file.path),
  };
}
