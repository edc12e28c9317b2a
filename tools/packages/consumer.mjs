import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { mustRun, run } from "../lib/run.mjs";
import { compile } from "../lib/tsc.mjs";

const TEXT = "the cat and the dog\nthe end\n";
const COUNTS = ["and: 1", "cat: 1", "dog: 1", "end: 1", "the: 3"];

/** As strict as a user's own project can be, our declarations included. */
const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    lib: ["es2023"],
    module: "nodenext",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    noEmit: true,
  },
  include: ["*.ts"],
};

/**
 * Installs the tarballs into an empty folder, next to what a user's project has of its own.
 * @param {string} base the checkout; its lock file's versions are the ones installed
 * @param {string} folder
 * @param {readonly import("./pack.mjs").Packed[]} packages
 */
export async function installConsumer(base, folder, packages) {
  const own = ["zod", "@types/node"].map((name) => `${name}@${installedVersion(base, name)}`);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
  const tarballs = packages.map((packed) => packed.tarball);
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await mustRun("npm", ["install", ...flags, ...tarballs, ...own], { cwd: folder });
}

/**
 * Every exported subpath loads, and has types that compile with all checks on.
 * @param {string} base
 * @param {string} folder
 * @param {readonly import("./pack.mjs").Packed[]} packages
 * @returns {Promise<string[]>}
 */
export async function checkExports(base, folder, packages) {
  const specifiers = packages.flatMap(({ name, manifest }) =>
    Object.keys(/** @type {Record<string, unknown>} */ (manifest.exports ?? {}))
      .filter((subpath) => !subpath.endsWith(".json"))
      .map((subpath) => posix.join(name, subpath)),
  );
  /** @type {string[]} */
  const problems = [];
  for (const specifier of specifiers) {
    const code = `await import(${JSON.stringify(specifier)})`;
    const loaded = await run(process.execPath, ["--input-type=module", "-e", code], {
      cwd: folder,
    });
    if (loaded.code !== 0) problems.push(`${specifier} does not load:\n${loaded.output}`);
  }
  const imports = specifiers.map(
    (specifier, index) => `export * as e${index} from "${specifier}";\n`,
  );
  writeFileSync(join(folder, "every-export.ts"), imports.join(""));
  cpSync(join(base, "examples/wordcount.ts"), join(folder, "wordcount.ts"));
  const errors = await compile(base, join(folder, "tsconfig.json"), folder);
  for (const { file, line, message } of errors) problems.push(`${file}:${line} ${message}`);
  return problems;
}

/**
 * WordCount runs through the installed command and counts right.
 * @param {string} base
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
export async function checkWordCount(base, folder) {
  cpSync(join(base, "examples/wordcount.ts"), join(folder, "wordcount.ts"));
  writeFileSync(join(folder, "input.txt"), TEXT);
  const args = ["--no-install", "beamline", "run", "wordcount.ts"];
  const { code, output } = await run(
    "npx",
    [...args, "--input", "input.txt", "--output", "counts"],
    { cwd: folder, timeoutMs: 60_000 },
  );
  if (code !== 0) return [`npx beamline run ended with ${code}:\n${output}`];
  const lines = readdirSync(folder)
    .filter((file) => /^counts-\d{5}-of-\d{5}/.test(file))
    .flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n"))
    .filter((line) => line !== "")
    .sort();
  if (lines.join("\n") === COUNTS.join("\n")) return [];
  return [`WordCount wrote ${JSON.stringify(lines)} instead of ${JSON.stringify(COUNTS)}`];
}

/**
 * @param {string} base
 * @param {string} name
 */
function installedVersion(base, name) {
  /** @type {{ version: string }} */
  const { version } = JSON.parse(
    readFileSync(join(base, "node_modules", name, "package.json"), "utf8"),
  );
  return version;
}
