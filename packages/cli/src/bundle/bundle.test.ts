import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BundleError } from "./bundle-error.js";
import { bundlePipeline } from "./bundle-pipeline.js";
import type { Library } from "./library.js";
import { type BundleProfile, imageProfile, localProfile, workerProfile } from "./profile.js";
import { withLocation } from "./sources-plugin.js";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "beamline-bundle-")));
  write({ "package.json": '{ "private": true, "type": "module" }' });
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** A library of one file, installed beside the project. */
function library(): Library {
  const installed = {
    "lib/package.json": JSON.stringify({
      name: "beamline",
      exports: { ".": "./index.js", "./coders": "./x.js" },
      peerDependenciesMeta: { "@aws-sdk/client-s3": { optional: true } },
    }),
    "lib/index.js": "export const marker = 'library inside';",
  };
  write(installed);
  return {
    resolve(specifier) {
      if (specifier === "beamline") return pathToFileURL(join(folder, "lib/index.js")).href;
      if (specifier === "beamline/package.json") {
        return pathToFileURL(join(folder, "lib/package.json")).href;
      }
      if (specifier === "zod") return import.meta.resolve("zod");
      throw new Error(`there is no ${specifier}`);
    },
  };
}

async function bundle(file = "main.ts", profile: BundleProfile = localProfile) {
  const request = { file: join(folder, file), profile, env: {}, library: library() };
  const made = await bundlePipeline(request);
  return { ...made, text: readFileSync(made.file, "utf8") };
}

async function problemsOf(file = "main.ts") {
  const error = await bundle(file).catch((thrown: unknown) => thrown);
  if (!(error instanceof BundleError)) throw new Error("the bundle was made", { cause: error });
  return error.problems;
}

test("bundlePipeline puts local files into one module and links the library", async () => {
  write({
    "main.ts":
      'import { marker } from "beamline"; import { twice } from "./twice.js"; export default twice(marker);',
    "twice.ts": "export const twice = (text: string): string => text + text;",
  });
  const { text, file } = await bundle();
  expect(text).toContain(`from "${pathToFileURL(join(folder, "lib/index.js")).href}"`);
  expect(text).toContain("text + text");
  expect(file.startsWith(join(folder, "node_modules/.cache/beamline"))).toBe(true);
});

test("bundlePipeline reuses a bundle until something that it depends on changes", async () => {
  write({
    "main.ts":
      'import { n } from "./n.js"; import data from "./data.json"; export default [n, data];',
    "n.ts": "export const n = 1;",
    "data.json": "[1]",
  });
  const first = await bundle();
  expect(first.reused).toBe(false);
  expect(await bundle()).toEqual({ ...first, reused: true });
  // Same length, so that only times and contents tell.
  write({ "n.ts": "export const n = 2;" });
  const second = await bundle();
  expect(second.reused).toBe(false);
  expect(second.hash).not.toBe(first.hash);
  write({ "n.ts": "export const n = 1;" });
  expect((await bundle()).hash).toBe(first.hash);
});

test("bundlePipeline notices a file that takes the place of another", async () => {
  write({
    "main.ts": 'import { n } from "./n"; export default n;',
    "n/index.ts": "export const n = 'folder';",
  });
  expect((await bundle()).text).toContain("folder");
  write({ "n.ts": "export const n = 'sibling';" });
  expect((await bundle()).text).toContain("sibling");
});

test("bundlePipeline notices another tsconfig.json, and one that it extends", async () => {
  write({
    "main.ts": 'import { n } from "alias"; export default n;',
    "a.ts": "export const n = 'aaa';",
    "b.ts": "export const n = 'bbb';",
    "tsconfig.json": '{ "extends": "./base.json" }',
    "base.json": '{ "compilerOptions": { "paths": { "alias": ["./a.ts"] } } }',
  });
  expect((await bundle()).text).toContain("aaa");
  write({ "base.json": '{ "compilerOptions": { "paths": { "alias": ["./b.ts"] } } }' });
  expect((await bundle()).text).toContain("bbb");
});

test("bundlePipeline lets code know where its source lies", async () => {
  write({
    "main.ts": "export default [import.meta.url, import.meta.dirname];",
    "node_modules/old/package.json": '{ "name": "old", "main": "index.js" }',
    "node_modules/old/index.js":
      '"use strict";\nmodule.exports = { at: __dirname, sep: require("node:path").sep };',
    "both.ts":
      'import old from "old"; import { fileURLToPath } from "node:url"; export { default } from "./main.js"; export const at = old.at; export const self = fileURLToPath(import.meta.url);',
  });
  const { url } = await bundle("both.ts");
  const exports = await import(/* @vite-ignore */ url);
  expect({ ...exports }).toEqual({
    default: [pathToFileURL(join(folder, "main.ts")).href, folder],
    at: join(folder, "node_modules/old"),
    self: join(folder, "both.ts"),
  });
});

test("bundlePipeline leaves native addons, and what does not bundle, where they are", async () => {
  write({
    "main.ts": 'import fast from "fast"; import odd from "odd"; export default [fast, odd];',
    "node_modules/fast/package.json": '{ "name": "fast", "main": "index.js", "gypfile": true }',
    "node_modules/fast/index.js": "module.exports = 'fast';",
    "node_modules/odd/package.json": '{ "name": "odd", "main": "index.js" }',
    "node_modules/odd/index.js": "module.exports = () => require('./view.weird');",
    "node_modules/odd/view.weird": "?",
  });
  const { external, text } = await bundle();
  expect(external).toEqual(["fast", "odd"]);
  expect(text).toContain(pathToFileURL(join(folder, "node_modules/fast/index.js")).href);
});

test.each([
  ["its own zod", true],
  ["the command's where it has none", false],
])("bundlePipeline puts what a project uses of zod inside: %s", async (_whose, installed) => {
  if (installed) {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(
      dirname(fileURLToPath(import.meta.resolve("zod"))),
      join(folder, "node_modules/zod"),
    );
  }
  write({
    "main.ts":
      'import { z } from "zod"; export default z.object({ n: z.number() }).safeParse({ n: "1" }).error?.message;',
  });
  const { text, url, external } = await bundle();
  expect(external).toEqual([]);
  expect(text).not.toMatch(/from "[^"]*zod/);
  // All of it, with messages in every language, is four times as large.
  expect(text.length).toBeLessThan(250_000);
  const { default: message } = await import(/* @vite-ignore */ url);
  expect(message).toContain("Invalid input: expected number, received string");
});

test("bundlePipeline bundles again when another zod is installed", async () => {
  const install = (version: string) =>
    write({
      "node_modules/zod/package.json": JSON.stringify({ name: "zod", version, main: "index.js" }),
      "node_modules/zod/index.js":
        'import * as z from "./external.js"; export * from "./external.js"; export { z };',
      "node_modules/zod/external.js": `export const version = "${version}";`,
    });
  write({ "main.ts": 'import { z } from "zod"; export default z.version;' });
  install("4.0.1");
  expect((await bundle()).text).toContain("4.0.1");
  install("4.0.2");
  expect((await bundle()).text).toContain("4.0.2");
});

test("bundlePipeline for workers has everything inside and no path of this machine", async () => {
  write({
    "main.ts":
      'import { marker } from "beamline"; export default [marker, import.meta.url, __dirname];',
  });
  const { text } = await bundle("main.ts", workerProfile);
  expect(text).toContain("library inside");
  expect(text).not.toContain(folder);
});

test("bundlePipeline reports everything that is wrong, with places and hints", async () => {
  write({
    "main.ts": [
      'import a from "lodahs/fp";',
      'import b from "./helpr.js";',
      'import "beamline/codres";',
      'import c from "./table.csv";',
      "export default [a, b, c];",
    ].join("\n"),
    "helper.ts": "",
    "table.csv": "",
  });
  expect(await problemsOf()).toEqual([
    {
      message: '"lodahs/fp" is not found',
      at: { file: join(folder, "main.ts"), line: 1, column: 15, length: 11 },
      hint: "npm install lodahs",
    },
    expect.objectContaining({
      message: '"./helpr.js" is not found',
      hint: "did you mean helper.ts?",
    }),
    expect.objectContaining({ hint: 'did you mean "beamline/coders"?' }),
    expect.objectContaining({ hint: expect.stringContaining("import.meta.url") }),
  ]);
});

test("bundlePipeline reports a name that a package or a file does not export, and a similar one", async () => {
  write({
    "main.ts":
      'import { strin } from "zod";\nimport { x } from "./lib.js";\nexport default [strin, x];',
    "lib.ts": "export const y = 1;",
  });
  expect(await problemsOf()).toEqual([
    {
      message: '"zod" has no export "strin"',
      at: { file: join(folder, "main.ts"), line: 1, column: 10, length: 5 },
      hint: "did you mean string?",
    },
    {
      message: '"lib.ts" has no export "x"',
      at: { file: join(folder, "main.ts"), line: 2, column: 10, length: 1 },
    },
  ]);
});

test("bundlePipeline reports a syntax error at its place", async () => {
  write({ "main.ts": "export default 1;\nlet x = ;" });
  expect(await problemsOf()).toEqual([
    {
      message: 'Unexpected ";"',
      at: { file: join(folder, "main.ts"), line: 2, column: 9, length: 1 },
    },
  ]);
});

test("withLocation keeps lines, hashbangs and directives", () => {
  const text = '#!/usr/bin/env node\n"use strict";\nf(__dirname);';
  expect(withLocation(text, "/a/b.js")).toBe(
    '#!/usr/bin/env node\n"use strict";;const __beamlineDirname = "/a";\nf(__dirname);',
  );
  expect(withLocation("plain()", "/a/b.js")).toBe("plain()");
});

test("bundlePipeline leaves out a client that is not installed until it is asked for", async () => {
  write({
    "main.ts":
      'const load = () => import("./client.js"); export default [await load().catch((e) => e.code), 1];',
    "client.ts": 'export { S3Client } from "@aws-sdk/client-s3";',
  });
  const { url } = await bundle("main.ts", workerProfile);
  const { default: value } = await import(url);
  expect(value).toEqual(["ERR_MODULE_NOT_FOUND", 1]);
});

test("bundlePipeline for our images leaves out what the library does without there, and no one else", async () => {
  write({
    "node_modules/fzstd/package.json": JSON.stringify({ name: "fzstd", main: "index.js" }),
    "node_modules/fzstd/index.js": "exports.decompress = 'in JavaScript';",
    "lib/zstd.js": 'export const load = () => import("fzstd");',
    "main.ts":
      'import { load } from "./lib/zstd.js"; export default await load().then((zstd) => zstd.decompress, (e) => e.code);',
    "own.ts": 'import { decompress } from "fzstd"; export default decompress;',
  });
  const exportOf = async (file: string, profile: BundleProfile) => {
    const { default: value } = await import((await bundle(file, profile)).url);
    return value;
  };
  expect(await exportOf("main.ts", workerProfile)).toBe("in JavaScript");
  expect(await exportOf("main.ts", imageProfile)).toBe("ERR_MODULE_NOT_FOUND");
  expect(await exportOf("own.ts", imageProfile)).toBe("in JavaScript");
});
