import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureDataset } from "./datasets.mjs";
import { randomIntegers } from "./random.mjs";
import { vocabulary } from "./vocabulary.mjs";
import { wordText } from "./word-text.mjs";
import { zipfRanks } from "./zipf.mjs";

const shape = { words: 20_003, distinct: 500, wordsPerLine: 10, seed: 42 };
const sha256 = "94c4cf9bd21f1a8a40d7939c4dd2d4ed6b42120a547ba04d630148e3b9677d08";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "beamline-bench-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** @param {Partial<typeof shape>} [changes] */
function textOf(changes) {
  const blocks = [];
  for (const block of wordText({ ...shape, ...changes })) blocks.push(Buffer.from(block));
  return Buffer.concat(blocks).toString("latin1");
}

test("wordText gives the recorded bytes for a seed", () => {
  expect(createHash("sha256").update(textOf()).digest("hex")).toBe(sha256);
});

test("wordText gives other bytes for another seed", () => {
  expect(textOf({ seed: 43 })).not.toBe(textOf());
});

test("wordText has so many words a line, and the rest on a last line that ends in LF", () => {
  const lines = textOf().split("\n");
  expect(lines.pop()).toBe("");
  expect(lines.pop()?.split(" ")).toHaveLength(3);
  expect(lines).toHaveLength(2000);
  expect(lines.every((line) => line.split(" ").length === 10)).toBe(true);
});

test("wordText holds words of letters and apostrophes only, no more than distinct", () => {
  const words = textOf().trim().split(/[ \n]/);
  expect(words.every((word) => /^[A-Za-z']+$/.test(word))).toBe(true);
  expect(new Set(words).size).toBeLessThanOrEqual(shape.distinct);
});

test("wordText crosses block borders without losing a word", () => {
  const words = 700_000;
  expect(textOf({ words }).trim().split(/[ \n]/)).toHaveLength(words);
});

test("vocabulary has no word twice", () => {
  expect(new Set(vocabulary(randomIntegers(1), 20_000)).size).toBe(20_000);
});

test("zipfRanks draws rank r in proportion to 1 / (r + 1)", () => {
  const draw = zipfRanks(1000, randomIntegers(7));
  const counts = new Float64Array(1000);
  const draws = 200_000;
  for (let index = 0; index < draws; index++) {
    const rank = draw();
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  const harmonic = Array.from({ length: 1000 }, (_, rank) => 1 / (rank + 1)).reduce(
    (sum, share) => sum + share,
  );
  for (const rank of [0, 1, 2, 9, 99]) {
    const expected = draws / ((rank + 1) * harmonic);
    expect(Math.abs((counts[rank] ?? 0) - expected)).toBeLessThan(5 * Math.sqrt(expected));
  }
});

test("ensureDataset replaces a damaged file by the recorded one and leaves nothing else", async () => {
  const dataset = { file: "words-test.txt", shape, bytes: Buffer.byteLength(textOf()), sha256 };
  await writeFile(join(folder, "words-test.txt"), "damaged");
  const path = await ensureDataset(dataset, folder);
  expect(await readFile(path, "latin1")).toBe(textOf());
  expect(await readdir(folder)).toEqual(["words-test.txt"]);
});

test("ensureDataset refuses a text that differs from its recorded hash", async () => {
  const dataset = { file: "words-other.txt", shape, bytes: 1, sha256 };
  await expect(ensureDataset(dataset, folder)).rejects.toThrow(
    "Cannot use the generated words-other.txt",
  );
});
