import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BeamlineError, UserCodeError } from "beamline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BundleError } from "../bundle/bundle-error.js";
import { bundlePipeline } from "../bundle/bundle-pipeline.js";
import { localProfile } from "../bundle/profile.js";
import { UsageError } from "../command/usage-error.js";
import { Cancellation } from "../terminal/cli.js";
import { plain } from "../terminal/style.js";
import { describeError } from "./describe-error.js";
import { excerpt } from "./excerpt.js";
import { renderError } from "./render-error.js";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "beamline-errors-")));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** What a function in a bundled file throws. */
async function thrownBy(source: string): Promise<unknown> {
  writeFileSync(join(folder, "main.ts"), source);
  // The file needs nothing of a library, and no optional package.
  const library = { resolve: () => pathToFileURL(join(folder, "package.json")).href };
  const request = { file: join(folder, "main.ts"), profile: localProfile, env: {}, library };
  const { url } = await bundlePipeline(request);
  const { fail } = await import(/* @vite-ignore */ url);
  try {
    return fail();
  } catch (error) {
    return error;
  }
}

function render(error: unknown, verbose = false): string {
  const description = describeError(error, folder);
  return renderError(description, { cwd: folder, style: plain, verbose }).join("\n");
}

const FAILING = `interface Row { readonly name?: string }

export function fail(row: Row = {}): number {
  const { name } = row;
  return (name as string).length;
}
`;

test("renderError shows transform, element and the line of the user's own source", async () => {
  const error = new UserCodeError("Count/Split", "{ a: 1 }", await thrownBy(FAILING));
  expect(render(error)).toBe(
    [
      "Cannot run \"Count/Split\": TypeError: Cannot read properties of undefined (reading 'length')",
      "",
      "  transform  Count/Split",
      "  element    { a: 1 }",
      "  at         main.ts:5:27",
      "",
      "    4 |   const { name } = row;",
      "  > 5 |   return (name as string).length;",
      "      |                           ^",
      "    6 | }",
      "",
      "  --verbose shows the full stack.",
    ].join("\n"),
  );
  expect(describeError(error, folder).exitCode).toBe(1);
});

test("renderError shows every stack and cause when asked", async () => {
  const cause = await thrownBy(FAILING);
  const text = render(new UserCodeError("Split", undefined, new Error("outer", { cause })), true);
  expect(text).toContain("Stack:\nError: outer");
  expect(text).toContain("Caused by:\nTypeError: Cannot read");
});

test("renderError shows what esbuild found, with source and hint", () => {
  const file = join(folder, "main.ts");
  writeFileSync(file, 'import "lodahs";\n');
  const at = { file, line: 1, column: 8, length: 8 };
  const problem = { message: '"lodahs" is not found', at, hint: "npm install lodahs" };
  expect(render(new BundleError(file, [problem]))).toBe(
    [
      "Cannot load main.ts",
      "",
      '  main.ts:1:8 "lodahs" is not found',
      '  > 1 | import "lodahs";',
      "      |        ^^^^^^^^",
      "  hint: npm install lodahs",
    ].join("\n"),
  );
});

test("renderError lists all problems of a command line", () => {
  const problems = [
    { subject: "--a", message: "missing" },
    { subject: "--b x", message: "not a number" },
  ];
  const error = new UsageError("run x.ts", problems, "beamline run x.ts --help");
  expect(render(error)).toBe(
    "Cannot run x.ts\n  --a: missing\n  --b x: not a number\nSee: beamline run x.ts --help",
  );
});

test("describeError chooses the exit code by who must act", () => {
  const codeOf = (error: unknown) => describeError(error, folder).exitCode;
  expect(codeOf(new UsageError("run", []))).toBe(2);
  expect(codeOf(new BundleError("x.ts", []))).toBe(2);
  expect(codeOf(new BeamlineError("BAD_OPTIONS", "Cannot"))).toBe(2);
  expect(codeOf(new BeamlineError("FILE_NOT_FOUND", "Cannot"))).toBe(1);
  expect(codeOf(new BeamlineError("UNAVAILABLE", "Cannot", { origin: "remote" }))).toBe(3);
  expect(codeOf(new BeamlineError("INTERNAL", "No", { origin: "internal" }))).toBe(70);
  expect(codeOf(new TypeError("oops"))).toBe(70);
  expect(codeOf("a string")).toBe(70);
  expect(codeOf(new Cancellation("SIGINT"))).toBe(130);
  expect(codeOf(new Cancellation("SIGTERM"))).toBe(143);
});

test("renderError says how to report a bug of ours", () => {
  expect(render(new TypeError("oops"))).toMatch(/this is a bug in Beamline.*\n\n.*report/s);
});

test("excerpt stays quiet about files that are not there", () => {
  expect(excerpt({ file: join(folder, "gone.ts"), line: 1, column: 1 }, plain)).toEqual([]);
});
