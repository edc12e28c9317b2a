import { afterEach, expect, test } from "vitest";
import type { Block } from "../block.js";
import { GroupIndex } from "../group-index.js";
import { ListWriter } from "../list-writer.js";
import { ShuffleWriter } from "../shuffle-writer.js";
import {
  grouped,
  type Pair,
  readGroups,
  sorted,
  TestSpace,
  writePairs,
} from "./testdata/spill-kit.js";

let space = new TestSpace();
afterEach(() => {
  space.close();
  space = new TestSpace();
});

const pairs = Array.from({ length: 5000 }, (_, i): Pair => [`key ${i % 900}`, `value ${i}`]);

function groupsOf(blocks: readonly Block[]): Map<string, string[]> {
  const runs = blocks.flatMap(({ run }) => run ?? []);
  const inMemory = blocks.filter(({ run }) => run === undefined);
  const all = new Map(readGroups([new GroupIndex(inMemory)]));
  for (const [key, values] of readGroups(space.groups(runs))) {
    all.set(key, [...(all.get(key) ?? []), ...values]);
  }
  return all;
}

test("a small bundle takes no page and writes no file", () => {
  const writer = new ShuffleWriter(4, space.open("hash"));
  writePairs(writer, pairs.slice(0, 20));
  const blocks = writer.take();
  expect(blocks.some(({ page, run }) => page !== undefined || run !== undefined)).toBe(false);
  expect(space.options.arena.taken).toBe(0);
  expect(space.files).toEqual([]);
  expect(sorted(groupsOf(blocks))).toEqual(sorted(grouped(pairs.slice(0, 20))));
});

test("a larger bundle lies in pages, one of them a block", () => {
  const writer = new ShuffleWriter(4, space.open("hash"));
  writePairs(writer, pairs.slice(0, 900));
  const blocks = writer.take();
  const pages = blocks.flatMap(({ page }) => page ?? []);
  expect(pages.length).toBeGreaterThan(8);
  expect(new Set(pages).size).toBe(space.options.arena.taken);
  expect(space.files).toEqual([]);
  expect(sorted(groupsOf(blocks))).toEqual(sorted(grouped(pairs.slice(0, 900))));
});

test("a bundle that gathers more than it may writes runs, and frees its pages", () => {
  const writer = new ShuffleWriter(4, space.open("hash"));
  writePairs(writer, pairs);
  const blocks = writer.take();
  expect(blocks.filter(({ run }) => run !== undefined).length).toBeGreaterThan(1);
  const inMemory = blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  expect(inMemory).toBeLessThan(space.options.gatherBytes);
  expect(space.options.arena.taken).toBe(blocks.filter(({ page }) => page !== undefined).length);
  expect(sorted(groupsOf(blocks))).toEqual(sorted(grouped(pairs)));
});

test("the sink that holds most spills, whoever asks for room", () => {
  const [large, small] = [
    new ShuffleWriter(1, space.open("hash")),
    new ShuffleWriter(1, space.open("hash")),
  ];
  writePairs(large, pairs.slice(0, 1200));
  writePairs(small, pairs.slice(0, 800));
  expect(small.take().some(({ run }) => run !== undefined)).toBe(false);
  expect(large.take().some(({ run }) => run !== undefined)).toBe(true);
});

test("clear leaves neither pages nor files of a bundle that failed", () => {
  const writer = new ShuffleWriter(4, space.open("hash"));
  writePairs(writer, pairs);
  expect(space.files.length).toBeGreaterThan(0);
  writer.clear();
  expect(space.files).toEqual([]);
  expect(space.options.arena.taken).toBe(0);
  expect(writer.take()).toEqual([]);
});

test("without a free page blocks have memory of their own, and count all the same", () => {
  const { arena } = space.options;
  while (arena.take(99) !== undefined);
  const writer = new ShuffleWriter(4, space.open("hash"));
  writePairs(writer, pairs);
  const blocks = writer.take();
  expect(blocks.some(({ run }) => run !== undefined)).toBe(true);
  expect(sorted(groupsOf(blocks))).toEqual(sorted(grouped(pairs)));
});

test("a record larger than a page is kept", () => {
  const own: Pair[] = [["large", "x".repeat(5000)], ...pairs.slice(0, 100)];
  const writer = new ShuffleWriter(2, space.open("hash"));
  writePairs(writer, [...own, ...own]);
  expect(sorted(groupsOf(writer.take()))).toEqual(sorted(grouped([...own, ...own])));
});

test("elements come back from disk in the order of their parts", () => {
  const writer = new ListWriter(3, space.open("none"));
  for (let i = 0; i < 20_000; i++) {
    const out = writer.next();
    out.writeVarint(i);
  }
  const read: number[] = [];
  const blocks = writer.take();
  expect(blocks.some(({ run }) => run !== undefined)).toBe(true);
  for (const { bytes, run } of blocks) {
    const parts = run === undefined ? [{ bytes }] : space.reader.frames(run);
    for (const part of parts) {
      let value = 0;
      let shift = 0;
      for (const byte of part.bytes) {
        value |= (byte & 0x7f) << shift;
        shift += 7;
        if (byte >= 0x80) continue;
        read.push(value);
        value = 0;
        shift = 0;
      }
    }
  }
  expect(read.sort((a, b) => a - b)).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
});
