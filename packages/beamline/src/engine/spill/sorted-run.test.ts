import { afterEach, expect, test } from "vitest";
import type { Run } from "./run.js";
import { hashAt, skipRecord } from "./shuffle-records.js";
import {
  blocksOf,
  grouped,
  type Pair,
  readGroups,
  sorted,
  TestSpace,
} from "./testdata/spill-kit.js";

let space = new TestSpace();
afterEach(() => {
  space.close();
  space = new TestSpace();
});

function slicesOf(run: Run): { slice: number; hashes: number[] }[] {
  return [...space.reader.frames(run)].map(({ bytes, records, slice }) => {
    const hashes: number[] = [];
    for (let at = 0; at < bytes.length; at = skipRecord(bytes, at)) hashes.push(hashAt(bytes, at));
    expect(hashes).toHaveLength(records);
    return { slice, hashes };
  });
}

const pairs = Array.from({ length: 2000 }, (_, i): Pair => [`key ${i % 700}`, `value ${i}`]);

test("writeSortedRun sorts records by slice, each frame within one", () => {
  const blocks = blocksOf(pairs);
  const run = space.write(blocks, "hash");
  const frames = slicesOf(run);
  const slices = frames.map(({ slice }) => slice);
  expect(slices).toEqual([...slices].sort((a, b) => a - b));
  for (const { slice, hashes } of frames) {
    for (const hash of hashes) expect(hash >>> (32 - run.sliceBits)).toBe(slice);
  }
  expect(run.records).toBe(2000);
  expect(run.bytes).toBe(blocks.reduce((sum, { bytes }) => sum + bytes.length, 0));
  expect(new Set(slices).size).toBeGreaterThan(32);
});

// Lengths of keys and values are varints: one byte up to 127, two up to 16383.
const LENGTHS = [0, 1, 126, 127, 128, 129, 511, 512, 16_383, 16_384, 70_000];

test.each(LENGTHS)("a run holds records with keys and values of %d bytes", (length) => {
  const own = [
    ...["a", "b", "c"].map((letter): Pair => [letter.repeat(length), letter]),
    ...["d", "e", "f"].map((letter): Pair => [letter, letter.repeat(length)]),
    ["g".repeat(length), "g".repeat(length)] as const,
  ];
  const run = space.write(blocksOf(own), "hash");
  expect(sorted(readGroups(space.groups([run])))).toEqual(sorted(grouped(own)));
});

test("a slice larger than the memory to sort in goes to disk frame by frame", () => {
  const own = Array.from({ length: 9000 }, (_, i): Pair => ["hot", `value ${i}`]);
  const run = space.write(blocksOf([...own, ...pairs]), "hash");
  expect(Math.max(...run.frames.sizes)).toBeLessThanOrEqual(2 * space.options.frameBytes);
  expect(run.records).toBe(11_000);
  expect(sorted(readGroups(space.groups([run])))).toEqual(sorted(grouped([...own, ...pairs])));
});

test("a run of partitions that lie across slices is in order all the same", () => {
  const run = space.write(blocksOf(pairs, 1021), "hash");
  const slices = [...run.frames.slices];
  expect(slices).toEqual([...slices].sort((a, b) => a - b));
  expect(sorted(readGroups(space.groups([run])))).toEqual(sorted(grouped(pairs)));
});

test("SpillSpace.write leaves no file behind when a block is damaged", () => {
  const [block] = blocksOf(pairs);
  const damaged = { bytes: Buffer.alloc(0), records: 1, weight: 1, partition: 0 };
  const failing = {
    ...damaged,
    get bytes(): Buffer {
      throw new Error("gone");
    },
  };
  expect(() => space.write(block === undefined ? [] : [block, failing], "hash")).toThrow("gone");
  expect(space.files).toEqual([]);
});
