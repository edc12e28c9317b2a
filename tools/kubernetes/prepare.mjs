import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ensureTestImages, sparkBasePath } from "./base-image.mjs";
import { ensureCrds, ensureGoTool, findGo, goToolPath } from "./go-build.mjs";
import { GO_TOOLS } from "./go-tools.mjs";

/**
 * @typedef {"schema" | "pod"} Tier
 * @import { TestImage } from "./base-image.mjs"
 * @typedef {{ programs: string, crds: string, images: TestImage[], operator: string }} Parts
 */

const SCHEMA_TOOLS = ["etcd", "kubernetes"];

/**
 * What a tier needs and the cache lacks; empty where it can be started at once.
 * @param {Tier} tier
 * @returns {string[]}
 */
export function missingParts(tier) {
  const tools = GO_TOOLS.filter(({ name }) => tier === "pod" || SCHEMA_TOOLS.includes(name));
  const missing = tools.filter((tool) => !existsSync(goToolPath(tool))).map(({ name }) => name);
  if (tier === "pod" && !existsSync(sparkBasePath())) missing.push("the image of Spark");
  return missing;
}

/**
 * Makes or finds in the cache all that a tier is made of.
 * @param {Tier} tier
 */
export async function ensureParts(tier) {
  const go = await findGo();
  const operator = GO_TOOLS.find(({ name }) => name === "spark-operator");
  if (operator === undefined) throw new Error("Cannot prepare: no spark-operator in go-tools.mjs");
  /** @type {Map<string, string>} */
  const programs = new Map();
  for (const tool of GO_TOOLS) {
    if (tier === "schema" && !SCHEMA_TOOLS.includes(tool.name)) continue;
    const built = await ensureGoTool(tool, go);
    for (const name of tool.links ?? [tool.name]) programs.set(name, built);
  }
  const { version } = operator;
  const program = programs.get("spark-operator");
  const images = program === undefined ? [] : await ensureTestImages({ program, version });
  return { programs, crds: await ensureCrds(operator, go), images, operator: version };
}

/**
 * As {@link ensureParts}, with the programs linked into one folder under the names by which they are
 * called.
 * @param {Tier} tier
 * @param {string} folder
 * @returns {Promise<Parts>}
 */
export async function prepare(tier, folder) {
  const parts = await ensureParts(tier);
  const programs = join(folder, "bin");
  mkdirSync(programs, { recursive: true });
  for (const [name, path] of parts.programs) symlinkSync(path, join(programs, name));
  return { ...parts, programs };
}
