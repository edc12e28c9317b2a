// Makes dist/bundle of the library: what its exports and programs load, as a few files in place of
// several hundred. A worker, a worker thread and a command each import most of the library, and
// reading and linking many small modules took half of the time that they need to start.
//
// All files lie in one folder, because threads are started from files beside the module that starts
// them (`new URL("./worker.js", import.meta.url)`).
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { commonParts, neededBy } from "./lib/common-parts.mjs";
import { writeBundle } from "./lib/write-bundle.mjs";

/** Modules that are started rather than imported, by their name in the bundle. */
const PROGRAMS = {
  boot: "harness/boot/main",
  "lane-thread": "harness/lanes/lane-thread",
  worker: "runners/local/worker",
};

/** What only our own tests load, and the package leaves out. */
const TESTED = { "testing-table": "testing/table/index" };

/**
 * Goes into the bundle: some eighty small modules, of which the generated messages need the very
 * version that they were generated for.
 */
const INSIDE = "@bufbuild/protobuf";

const folder = "packages/beamline";

/**
 * @type {{
 *   exports: Record<string, string | { types: string, default: string }>,
 *   dependencies: Record<string, string>,
 *   peerDependencies: Record<string, string>,
 * }}
 */
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const { exports, dependencies, peerDependencies } = manifest;

/** @type {Record<string, string>} */
const entryPoints = {};
for (const [name, module] of Object.entries({ ...PROGRAMS, ...TESTED })) {
  entryPoints[name] = join(folder, "dist", `${module}.js`);
}
for (const target of Object.values(exports)) {
  if (typeof target === "string") continue;
  const name = /^\.\/dist\/bundle\/([\w-]+)\.js$/.exec(target.default)?.[1];
  if (name === undefined) {
    throw new Error(`Cannot bundle ${target.default}: name a file of ./dist/bundle in "exports"`);
  }
  entryPoints[name] = join(folder, target.types.replace(/\.d\.ts$/, ".js"));
}

const outdir = resolve(folder, "dist", "bundle");

/** @type {import("esbuild").BuildOptions & { metafile: true, write: false }} */
const options = {
  entryPoints,
  outdir,
  write: false,
  metafile: true,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => name !== INSIDE),
  sourcemap: "linked",
  sourcesContent: false,
  logLevel: "warning",
};

const { inputs } = (await build(options)).metafile;
const { outputFiles } = await build({ ...options, plugins: [commonParts(partsOfRuns())] });

/** @type {Map<string, string>} */
const files = new Map();
for (const { path, text } of outputFiles) {
  files.set(path, path.endsWith(".map") ? withSourcesOfOthers(text) : text);
}
files.set(join(outdir, "THIRD-PARTY.txt"), noticeOf(INSIDE));

writeBundle(outdir, files);

/**
 * What a run on this machine loads is to be few files: pipelines are never without a runner, and
 * lanes of other runners share what its threads need.
 * @returns {import("./lib/common-parts.mjs").CommonPart[]}
 */
function partsOfRuns() {
  const pathsOf = (/** @type {string[]} */ ...names) =>
    names.map((name) => entryPoints[name] ?? join(folder, "dist", `${name}.js`));
  const [pipeline = "", worker = "", lane = ""] = pathsOf("index", "worker", "lane-thread");
  const runners = pathsOf("runners-local", "worker", "testing", "testing-table");
  const inLanes = neededBy(inputs, lane);
  const shared = [...neededBy(inputs, worker)].filter((module) => inLanes.has(module));
  return [
    { modules: neededBy(inputs, pipeline), entries: runners },
    { modules: shared, entries: [lane, ...pathsOf("harness/lanes/inline-lane")] },
  ];
}

/**
 * A map with the sources that the package does not hold besides.
 * @param {string} text
 */
function withSourcesOfOthers(text) {
  /** @type {{ sources: string[], sourcesContent?: (string | null)[] }} */
  const map = JSON.parse(text);
  map.sourcesContent = map.sources.map((source) =>
    source.includes("node_modules/") ? readFileSync(resolve(outdir, source), "utf8") : null,
  );
  return JSON.stringify(map);
}

/** @param {string} name */
function noticeOf(name) {
  const installed = join("node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  const source = readFileSync(join(installed, "dist/esm/index.js"), "utf8");
  const notice = /^(?:\/\/.*\n)+/.exec(source)?.[0].replace(/^\/\/ ?/gm, "") ?? "";
  return `These files hold ${name} ${version}, under ${license}:\n\n${notice}`;
}
