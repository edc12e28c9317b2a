import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "beamline-bench-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * @param {string} name
 * @param {string[]} args
 */
async function outputOf(name, args) {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const output = join(folder, "output");
  const [first = "", ...rest] = args;
  const { status, stderr } = spawnSync(process.execPath, [script, first, output, ...rest], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return (await readFile(output, "utf8")).trim().split("\n").sort();
}

const text = "To be, or not to be:\n\nthat's the question.\nTo sleep";
const expected = [
  ...["To: 2", "be: 2", "not: 1", "or: 1", "question: 1", "sleep: 1", "that's: 1", "the: 1"],
  "to: 1",
];

test("loop.mjs counts words", async () => {
  const input = join(folder, "input.txt");
  await writeFile(input, text);
  expect(await outputOf("loop.mjs", [input])).toEqual(expected);
});

test("two-threads.mjs counts each line once, wherever the file is split", async () => {
  const input = join(folder, "input.txt");
  await writeFile(input, text);
  for (const threads of ["1", "2", "3", "7"]) {
    expect(await outputOf("two-threads.mjs", [input, threads])).toEqual(expected);
  }
});

test("both chains count the same", async () => {
  expect(await outputOf("chain-closures.mjs", ["1000"])).toEqual(["857"]);
  expect(await outputOf("chain-arrays.mjs", ["1000"])).toEqual(["857"]);
});

test("files-loop.mjs counts the words of all files", async () => {
  const files = join(folder, "files");
  await mkdir(files);
  await writeFile(join(files, "a.txt"), text.slice(0, 21));
  await writeFile(join(files, "b.txt"), text.slice(21));
  expect(await outputOf("files-loop.mjs", [files])).toEqual(expected);
});

test("skew-loop.mjs adds numbers up by key, and puts the hot share on key 0", () => {
  const script = fileURLToPath(new URL("skew-loop.mjs", import.meta.url));
  const output = join(folder, "skew");
  const linesOf = (/** @type {string} */ hot) => {
    spawnSync(process.execPath, [script, "200", "2", hot, output]);
    return readFileSync(output, "utf8").trim().split("\n");
  };
  expect(linesOf("0")).toEqual(["0: 100 9900", "1: 100 10000"]);
  expect(linesOf("50")).toEqual(["0: 150 13650", "1: 50 6250"]);
});
