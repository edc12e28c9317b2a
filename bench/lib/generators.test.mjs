import { expect, test } from "vitest";
import { manyWords } from "./many-words.mjs";
import { KEY_BYTES, RECORD_BYTES, recordLines } from "./record-lines.mjs";

/** @param {Iterable<Uint8Array>} blocks */
const textOf = (blocks) =>
  Array.from(blocks, (block) => Buffer.from(block).toString("latin1")).join("");

test("recordLines makes lines of one length whose keys occur twice on average", () => {
  const shape = { records: 50_000, keys: 25_000, seed: 2 };
  const lines = textOf(recordLines(shape)).split("\n").slice(0, -1);
  expect(lines).toHaveLength(shape.records);
  expect(lines.every((line) => line.length === RECORD_BYTES - 1)).toBe(true);
  // Of k keys that are drawn 2k times, 1 - e^-2 are drawn at all.
  const found = new Set(lines.map((line) => line.slice(0, KEY_BYTES))).size;
  expect(Math.abs(found / shape.keys - (1 - Math.exp(-2)))).toBeLessThan(0.01);
  expect(textOf(recordLines(shape)).slice(0, 1000)).toBe(lines.join("\n").slice(0, 1000));
});

test("manyWords draws from as many different words as it is asked for", () => {
  const shape = { words: 100_000, many: 5_000, wordsPerLine: 10, seed: 3 };
  const lines = textOf(manyWords(shape)).split("\n").slice(0, -1);
  expect(lines).toHaveLength(10_000);
  const words = lines.flatMap((line) => line.split(" "));
  expect(words).toHaveLength(shape.words);
  expect(new Set(words).size).toBe(shape.many);
});

test("manyWords crosses block borders without losing a word", () => {
  const shape = { words: 1_500_000, many: 1_000_000, wordsPerLine: 7, seed: 3 };
  expect(textOf(manyWords(shape)).trim().split(/[ \n]/)).toHaveLength(shape.words);
});
