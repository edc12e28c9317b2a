import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FlagValues } from "../command/command.js";
import { UsageError } from "../command/usage-error.js";
import { manifestFlags } from "../manifest/manifest-flags.js";
import { lineOf } from "./find-line.js";
import { withConfig } from "./with-config.js";

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "beamline-config-"));
});

afterEach(() => rmSync(cwd, { recursive: true }));

const write = (...lines: readonly string[]) =>
  writeFileSync(join(cwd, "beamline.config.ts"), lines.join("\n"));

const read = (typed: Partial<FlagValues<typeof manifestFlags>>, folder = cwd) =>
  withConfig(manifestFlags, typed, { cwd: folder, env: { XDG_CACHE_HOME: join(cwd, "cache") } });

async function problemsOf(
  typed: Partial<FlagValues<typeof manifestFlags>> = {},
): Promise<string[]> {
  try {
    await read(typed);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.problems.map(({ subject, message }) => `${subject}: ${message}`);
  }
  return [];
}

const TWO_ENVIRONMENTS = [
  'import { defineConfig } from "@beamline/cli/config";',
  "",
  "export default defineConfig({",
  "  defaults: {",
  '    bucket: "books",',
  "    executors: 2,",
  '    sparkConf: { "spark.a": 1, "spark.b": true },',
  "  },",
  "  environments: {",
  "    test: { executors: 1, prometheus: false },",
  "    prod: {",
  '      context: "prod",',
  "      executors: 20,",
  '      ttl: "2h",',
  '      sparkConf: { "spark.b": "no" },',
  '      set: ["spec.executor.coreRequest=3"],',
  "    },",
  "  },",
  '  defaultEnvironment: "test",',
  "});",
];

test("withConfig takes flag over environment over defaults", async () => {
  write(...TWO_ENVIRONMENTS);
  const { flags, environment } = await read({ env: "prod", driverCores: 3, bucket: "mine" });
  expect(environment).toBe("prod");
  expect(flags).toMatchObject({
    bucket: "mine",
    context: "prod",
    executors: 20,
    driverCores: 3,
    ttl: 7200,
  });
  expect((await read({})).flags).toMatchObject({
    bucket: "books",
    executors: 1,
    prometheus: false,
  });
});

test("withConfig adds up objects and lists, the more particular last", async () => {
  write(...TWO_ENVIRONMENTS);
  const typed = { env: "prod", sparkConf: [["spark.a", "9"]] as const };
  const { sparkConf, set } = (await read(typed)).flags;
  expect(Object.fromEntries(sparkConf ?? [])).toEqual({ "spark.a": "9", "spark.b": "no" });
  expect(set?.map(({ text }) => text)).toEqual(["spec.executor.coreRequest=3"]);
});

test("withConfig finds the file above the folder, and its patches beside it", async () => {
  write("export default { defaults: { patch: ['a/b.yaml'] } };");
  const folder = join(cwd, "src", "deep");
  mkdirSync(folder, { recursive: true });
  const { flags, file } = await read({}, folder);
  expect(flags.patch).toEqual([join(cwd, "a/b.yaml")]);
  expect(file).toBe(join(cwd, "beamline.config.ts"));
});

test("withConfig needs no file, unless one is asked for", async () => {
  expect(await read({ bucket: "b" })).toMatchObject({ flags: { bucket: "b" }, file: undefined });
  expect(await problemsOf({ env: "prod" })).toEqual([
    expect.stringMatching(/^--env prod: there is no beamline\.config\.ts/),
  ]);
  expect(await problemsOf({ config: "other.ts" })).toEqual([
    "--config other.ts: there is no such file",
  ]);
});

test("withConfig tells all that is wrong in every environment, with lines", async () => {
  write(
    "export default {",
    "  defaults: {",
    '    executers: "x",',
    "    executors: { a: 1 },",
    '    localDisk: "tape",',
    "  },",
    "  environments: {",
    "    prod: {",
    '      profile: "lage",',
    '      toleration: "a",',
    '      sparkConf: { "spark.x": null, "spark.authenticate.secret": "s" },',
    '      awsSecretKey: "abc",',
    "    },",
    "    qa: 7,",
    "  },",
    '  defaultEnvironment: "prd",',
    "  enviroments: {},",
    "};",
  );
  expect(await problemsOf({ env: "prod" })).toEqual([
    "beamline.config.ts:17 enviroments: no such part; did you mean environments?",
    "beamline.config.ts:3 defaults.executers: no such setting; did you mean executors?",
    "beamline.config.ts:4 defaults.executors: is an object; it must be a number",
    expect.stringMatching(/^beamline.config.ts:5 defaults.localDisk: "tape" is not empty-dir/),
    expect.stringMatching(
      /^beamline.config.ts:9 environments.prod.profile: "lage" is not one of .*; did you mean large\?$/,
    ),
    'beamline.config.ts:10 environments.prod.toleration: is "a"; it must be a list of texts',
    "beamline.config.ts:11 environments.prod.sparkConf.spark.x: is null; it must be a text",
    expect.stringMatching(
      /:11 environments.prod.sparkConf.spark.authenticate.secret: holds a secret/,
    ),
    expect.stringMatching(/^beamline.config.ts:12 environments.prod.awsSecretKey: holds a secret/),
    "beamline.config.ts:14 environments.qa: is no object of settings",
    "beamline.config.ts:16 defaultEnvironment: no such environment; did you mean prod?",
  ]);
  write("export const config = {};");
  expect(await problemsOf()).toEqual([
    expect.stringMatching(/^beamline\.config\.ts: has no default export with settings/),
  ]);
});

test("an access key in any setting is refused, and not repeated", async () => {
  const key = ["AKIA", "ABCDEFGHIJKLMNOP"].join("");
  write(`export default { defaults: { prefix: "${key}" } };`);
  const problems = await problemsOf();
  expect(problems).toEqual([
    expect.stringMatching(/^beamline\.config\.ts:1 defaults\.prefix: holds/),
  ]);
  expect(problems.join()).not.toContain(key);
});

test("lineOf finds what is written, past comments and texts, or what holds it", () => {
  const source = [
    "// defaults: { bucket }",
    'const text = "defaults: {";',
    "export default {",
    '  "environments": {',
    "    prod: { a: 1, executors: [1], ...rest },",
    "    test: {",
    "      executors: 2 /* executors: 3 */,",
    "    },",
    "  },",
    "};",
  ].join("\n");
  expect(lineOf(source, ["environments", "test", "executors"])).toBe(7);
  expect(lineOf(source, ["environments", "prod", "executors", "0"])).toBe(5);
  expect(lineOf(source, ["environments", "prod", "missing"])).toBe(5);
  expect(lineOf(source, ["defaults", "bucket"])).toBeUndefined();
});
