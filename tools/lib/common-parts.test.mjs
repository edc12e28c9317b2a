import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commonParts, neededBy } from "./common-parts.mjs";

/** @type {string} */
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-parts-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const FILES = {
  "package.json": '{ "type": "module", "sideEffects": false }',
  "a.js": "export const a = 1;",
  "b.js": 'import { a } from "./a.js"; export const b = a + 1;',
  "c.js": "export const c = 3;",
  "main.js":
    'import { b } from "./b.js"; import { c } from "./c.js"; export const load = () => Promise.all([b, c, import("./one.js"), import("./two.js")]);',
  "one.js": 'import { a } from "./a.js"; export const one = a;',
  "two.js": 'import { b } from "./b.js"; export const two = b;',
};

/** @param {import("esbuild").Plugin[]} plugins */
async function bundle(plugins) {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  const { metafile, outputFiles } = await build({
    entryPoints: [join(folder, "main.js")],
    absWorkingDir: process.cwd(),
    outdir: join(folder, "out"),
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: "esm",
    plugins,
  });
  return { metafile, files: outputFiles };
}

test("neededBy follows what a module imports, but not lazily", async () => {
  const { inputs } = (await bundle([])).metafile;
  const entry = Object.keys(inputs).find((path) => path.endsWith("main.js")) ?? "";
  const names = [...neededBy(inputs, entry)].map((path) => basename(path));
  expect(names.toSorted()).toEqual(["a.js", "b.js", "c.js", "main.js"]);
});

test("commonParts keeps modules in one file that different entries need, and they still run", async () => {
  const chunksOf = (/** @type {import("esbuild").OutputFile[]} */ files) =>
    files.filter(({ path }) => basename(path).startsWith("chunk-")).length;
  const plain = await bundle([]);
  expect(chunksOf(plain.files)).toBe(2);
  const modules = ["a.js", "b.js", "c.js"].map((name) => join(folder, name));
  const entries = ["main.js", "one.js", "two.js"].map((name) => join(folder, name));
  const { files } = await bundle([commonParts([{ modules, entries }])]);
  expect(chunksOf(files)).toBe(1);
  for (const { path, text } of files) writeFileSync(join(folder, basename(path)), text);
  const { load } = await import(/* @vite-ignore */ pathToFileURL(join(folder, "main.js")).href);
  expect(await load()).toMatchObject([2, 3, { one: 1 }, { two: 2 }]);
});

test("commonParts leaves an entry alone that is in the part, which would wait for itself", async () => {
  const modules = ["a.js", "b.js", "c.js"].map((name) => join(folder, name));
  const entries = ["b.js", "one.js"].map((name) => join(folder, name));
  const { files } = await bundle([commonParts([{ modules, entries }])]);
  for (const { path, text } of files) writeFileSync(join(folder, basename(path)), text);
  const { load } = await import(/* @vite-ignore */ pathToFileURL(join(folder, "main.js")).href);
  expect(await load()).toMatchObject([2, 3, { one: 1 }, { two: 2 }]);
});
