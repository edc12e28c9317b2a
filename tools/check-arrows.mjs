// Fails on every import that tools/arrows.json does not allow, and on import cycles.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { importCycles } from "./lib/import-cycles.mjs";
import { importsOf } from "./lib/imports-of.mjs";
import { walk } from "./lib/walk.mjs";

/**
 * @typedef {{ imports: string[], packages: string[] }} Rule
 * @typedef {{ root: string, folders: Record<string, Rule>, tests: Rule }} Tree
 * @typedef {{ trees: Tree[] }} Table
 */

const TEST_FILE = /\.test(-d)?\.ts$/;

/**
 * Every breach of the table in the checkout at `base`, as `file:line:column rule: what is wrong`.
 * @param {string} base
 * @param {Table} table
 * @returns {string[]}
 */
export function checkArrows(base, table) {
  const subpaths = publicSubpaths(base);
  return table.trees.flatMap((tree) => checkTree(base, tree, subpaths));
}

/**
 * @param {string} base
 * @param {Tree} tree
 * @param {ReadonlyMap<string, ReadonlySet<string>>} subpaths
 */
function checkTree(base, tree, subpaths) {
  /** @type {string[]} */
  const problems = [];
  /** @type {Map<string, string[]>} */
  const graph = new Map();
  const files = walk(join(base, tree.root))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => posix.relative(join(base, tree.root).replaceAll("\\", "/"), file));
  for (const file of files) {
    const path = posix.join(tree.root, file);
    const folder = folderOf(tree, file);
    if (folder === undefined) {
      problems.push(`${path}:1:1 folder: not in the table; add its folder to tools/arrows.json`);
      continue;
    }
    const rule = ruleFor(tree, file, folder);
    const targets = [];
    for (const { specifier, line, column } of importsOf(path, read(base, path))) {
      let problem;
      if (specifier.startsWith(".")) {
        const target = posix.join(posix.dirname(file), specifier).replace(/\.js$/, ".ts");
        targets.push(target);
        problem = relativeProblem(tree, rule, folder, target);
      } else {
        problem = packageProblem(rule, specifier, subpaths);
      }
      if (problem !== undefined) problems.push(`${path}:${line}:${column} ${problem}`);
    }
    graph.set(file, targets);
  }
  for (const cycle of importCycles(graph)) {
    problems.push(`${posix.join(tree.root, cycle[0] ?? "")}:1:1 cycle: ${cycle.join(" -> ")}`);
  }
  return problems;
}

/**
 * @param {Tree} tree
 * @param {string} file
 */
function folderOf(tree, file) {
  const folders = Object.keys(tree.folders);
  if (!file.includes("/") && folders.includes(".")) return ".";
  const holding = folders.filter((folder) => file.startsWith(`${folder}/`));
  holding.sort((a, b) => b.length - a.length);
  return holding[0] ?? (folders.includes("**") ? "**" : undefined);
}

/**
 * @param {Tree} tree
 * @param {string} file
 * @param {string} folder
 * @returns {Rule}
 */
function ruleFor(tree, file, folder) {
  const own = tree.folders[folder] ?? { imports: [], packages: [] };
  if (!TEST_FILE.test(file)) return own;
  return {
    imports: reachable(tree, [folder, ...tree.tests.imports]),
    packages: [...new Set([...own.packages, ...tree.tests.packages])],
  };
}

/**
 * The given folders and all that they may import, directly or not.
 * @param {Tree} tree
 * @param {string[]} folders
 */
function reachable(tree, folders) {
  const found = new Set(folders);
  for (const folder of found) {
    for (const next of tree.folders[folder]?.imports ?? []) found.add(next);
  }
  return [...found];
}

/**
 * @param {Tree} tree
 * @param {Rule} rule
 * @param {string} folder
 * @param {string} target
 */
function relativeProblem(tree, rule, folder, target) {
  if (target.startsWith("../")) {
    return `arrow: leaves ${tree.root}; import the package's public subpath instead`;
  }
  const to = folderOf(tree, target) ?? posix.dirname(target);
  if (to === folder || rule.imports.includes(to) || rule.imports.includes("**")) return undefined;
  const allowed = rule.imports.length === 0 ? "nothing" : rule.imports.join(", ");
  return `arrow: ${folder} must not import ${to} (${target}); it may import ${allowed}`;
}

/**
 * @param {Rule} rule
 * @param {string} specifier
 * @param {ReadonlyMap<string, ReadonlySet<string>>} subpaths
 */
function packageProblem(rule, specifier, subpaths) {
  const [first = "", second = ""] = specifier.split("/");
  const name = specifier.startsWith("@") ? `${first}/${second}` : first;
  const asNode = specifier.startsWith("node:") ? "node:*" : name;
  if (!rule.packages.some((allowed) => [specifier, name, asNode].includes(allowed))) {
    const allowed = rule.packages.length === 0 ? "no package" : rule.packages.join(", ");
    return `package: must not import "${specifier}"; it may import ${allowed}`;
  }
  const known = subpaths.get(name);
  if (known !== undefined && !known.has(specifier)) {
    return `subpath: "${specifier}" is not public; use one of ${[...known].join(", ")}`;
  }
  return undefined;
}

/**
 * What each package of the workspace exports, by its name, as import specifiers.
 * @param {string} base
 */
function publicSubpaths(base) {
  /** @type {Map<string, Set<string>>} */
  const found = new Map();
  for (const folder of ["beamline", "cli"]) {
    const path = `packages/${folder}/package.json`;
    if (!existsSync(join(base, path))) continue;
    /** @type {{ name: string, exports?: Record<string, unknown> }} */
    const { name, exports = {} } = JSON.parse(read(base, path));
    found.set(name, new Set(Object.keys(exports).map((key) => posix.join(name, key))));
  }
  return found;
}

/**
 * @param {string} base
 * @param {string} path
 */
function read(base, path) {
  return readFileSync(join(base, path), "utf8");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const base = dirname(import.meta.dirname);
  const problems = checkArrows(base, JSON.parse(read(base, "tools/arrows.json")));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`\n${problems.length} forbidden imports; the table is tools/arrows.json`);
    process.exitCode = 1;
  }
}
