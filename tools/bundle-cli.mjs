// Makes dist/program of the command: what `bin` loads, as a few files in place of several hundred
// modules. What a command needs is imported when that command runs, as in the sources.
import { resolve } from "node:path";
import { build } from "esbuild";
import { commonParts, neededBy } from "./lib/common-parts.mjs";
import { writeBundle } from "./lib/write-bundle.mjs";

const ENTRY = "packages/cli/dist/process.js";

const outdir = resolve("packages/cli/dist/program");

/** @type {import("esbuild").BuildOptions & { metafile: true, write: false }} */
const options = {
  entryPoints: [ENTRY],
  outdir,
  write: false,
  metafile: true,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  sourcemap: "linked",
  sourcesContent: false,
  logLevel: "warning",
};

const { inputs } = (await build(options)).metafile;
const lazy = Object.values(inputs).flatMap(({ imports }) =>
  imports.flatMap(({ kind, path, external }) =>
    kind === "dynamic-import" && external !== true ? [path] : [],
  ),
);
const plugins = [commonParts([{ modules: neededBy(inputs, ENTRY), entries: lazy }])];
const { outputFiles } = await build({ ...options, plugins });
writeBundle(outdir, new Map(outputFiles.map(({ path, text }) => [path, text])));
