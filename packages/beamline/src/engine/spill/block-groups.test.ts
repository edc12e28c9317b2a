import { describe, expect, test } from "vitest";
import type { Block } from "../block.js";
import { BlockGroups } from "./block-groups.js";
import type { Groups } from "./groups.js";
import { HotGroups } from "./hot-groups.js";
import { LoadPool } from "./load-memory.js";
import {
  blocksOf,
  grouped,
  hashOf,
  type Pair,
  readGroups,
  sorted,
  valuesOf,
} from "./testdata/spill-kit.js";

/** Mulberry32: random enough, and the same on every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Blocks of several bundles, so that a partition has several. */
function bundlesOf(pairs: readonly Pair[], bundles: number, partitions: number): Block[] {
  return Array.from({ length: bundles }, (_, bundle) =>
    blocksOf(
      pairs.filter((_pair, i) => Math.floor((i * bundles) / pairs.length) === bundle),
      partitions,
    ),
  ).flat();
}

/** Lengths at which varints and ways to copy and to compare change. */
const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 60, 66, 67, 127, 128, 250, 256, 300];

function randomPairs(seed: number, count: number): Pair[] {
  const random = randomFrom(seed);
  const pick = (most: number) => Math.floor(random() * most);
  const text = () =>
    Array.from({ length: LENGTHS[pick(LENGTHS.length)] ?? 0 }, () =>
      String.fromCharCode(pick(seed % 2 === 0 ? 2 : 256)),
    ).join("");
  const keys = Array.from({ length: 1 + pick(count) }, text);
  // The square: some keys have many values.
  return Array.from(
    { length: count },
    (): Pair => [keys[Math.floor(random() ** 2 * keys.length)] ?? "", text()],
  );
}

/** Values in the order in which they were written, whatever the order of keys. */
function byKey(groups: ReadonlyMap<string, readonly string[]>): [string, readonly string[]][] {
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe("BlockGroups", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("are those of a Map, seed %i", (seed) => {
    const random = randomFrom(100 + seed);
    const pairs = randomPairs(seed, 200 * seed);
    const blocks = bundlesOf(pairs, 1 + (seed % 4), 2 ** Math.floor(random() * 4));
    for (const loadBytes of [1, 500, 10_000, 1_000_000]) {
      const groups = new BlockGroups(blocks, loadBytes, new LoadPool(10_000));
      expect(byKey(readGroups(groups))).toEqual(byKey(grouped(pairs)));
    }
  });

  test("come in the order in which their keys arrived, where all fit at once", () => {
    const pairs = Array.from({ length: 500 }, (_, i): Pair => [`key ${(i * 7) % 90}`, `${i}`]);
    const [loads, ...others] = [...new BlockGroups(blocksOf(pairs, 1), 1_000_000)];
    expect(others).toEqual([]);
    expect([...readGroups(loads === undefined ? [] : [loads])]).toEqual([...grouped(pairs)]);
  });

  test("leave blocks as they were, for a bundle that runs again", () => {
    const blocks = bundlesOf(randomPairs(9, 3000), 3, 4);
    const before = blocks.map(({ bytes }) => Buffer.from(bytes));
    readGroups(new BlockGroups(blocks, 20_000));
    expect(blocks.map(({ bytes }) => Buffer.from(bytes))).toEqual(before);
  });

  test("read a key with very many values where it is", () => {
    const pairs = Array.from(
      { length: 30_000 },
      (_, i): Pair => [i % 2 === 0 ? "hot" : `key ${i % 701}`, `value ${i}`],
    );
    const loads = [...new BlockGroups(bundlesOf(pairs, 5, 1), 50_000)];
    const hot = loads.filter((groups) => groups instanceof HotGroups);
    expect(hot).toHaveLength(1);
    expect([...readGroups(hot)]).toEqual([["hot", grouped(pairs).get("hot")]]);
    expect(byKey(readGroups(loads))).toEqual(byKey(grouped(pairs)));
  });

  test("read several keys with very many values where they are, whenever they are asked for", () => {
    const pairs = Array.from(
      { length: 40_000 },
      (_, i): Pair => [i % 8 === 7 ? `key ${i % 701}` : `hot ${i % 8}`, `value ${i}`],
    );
    const blocks = bundlesOf(pairs, 5, 1);
    const before = Buffer.concat(blocks.map(({ bytes }) => bytes));
    const loads = [...new BlockGroups(blocks, 10_000)];
    expect(loads.filter((groups) => groups instanceof HotGroups).length).toBeGreaterThan(3);
    expect(byKey(readGroups(loads))).toEqual(byKey(grouped(pairs)));
    expect(byKey(readGroups(loads))).toEqual(byKey(grouped(pairs)));
    expect(before.equals(Buffer.concat(blocks.map(({ bytes }) => bytes)))).toBe(true);
  });

  test("keep large keys of one hash apart", () => {
    const [a, b] = collision();
    const pairs = Array.from({ length: 9000 }, (_, i): Pair => [i % 3 === 0 ? a : b, `value ${i}`]);
    const loads = [...new BlockGroups(bundlesOf(pairs, 2, 4), 10_000)];
    const [only, ...others] = loads;
    expect(only).toBeInstanceOf(HotGroups);
    expect(others).toEqual([]);
    expect(byKey(readGroups(loads))).toEqual(byKey(grouped(pairs)));
  });

  test("have their values loaded again when their load has gone", () => {
    const pairs = randomPairs(11, 4000);
    const kept: { key: string; groups: Groups; group: number }[] = [];
    for (const groups of new BlockGroups(bundlesOf(pairs, 3, 2), 30_000, new LoadPool(1e9))) {
      const reader = groups.key(groups.size - 1);
      const key = reader.readBytes(reader.remaining).toString("latin1");
      kept.push({ key, groups, group: groups.size - 1 });
    }
    expect(kept.length).toBeGreaterThan(10);
    const expected = grouped(pairs);
    for (const { key, groups, group } of kept) {
      expect(valuesOf(groups, group)).toEqual(expected.get(key));
    }
  });

  test("find the group of a key, and none of a key that is not there", () => {
    const pairs = randomPairs(12, 1000);
    const [groups] = [...new BlockGroups(blocksOf(pairs, 1), 10_000_000)];
    if (groups === undefined) throw new Error("no groups");
    const again = [...readGroups([groups]).keys()];
    for (const [index, key] of again.entries()) {
      expect(groups.find(Buffer.from(key, "latin1"))).toBe(index);
      expect(groups.find(Buffer.from(`${key} not there`, "latin1"))).toBeUndefined();
    }
  });

  test("of nothing are none", () => {
    expect([...new BlockGroups([], 1000)]).toEqual([]);
  });
});

/** Two keys with one hash. */
function collision(): [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; ; i++) {
    const key = `candidate ${i}`;
    const other = seen.get(hashOf(key));
    if (other !== undefined) return [other, key];
    seen.set(hashOf(key), key);
  }
}

test("LoadPool gives the memory of a load to the next one, unless it is large", () => {
  const pool = new LoadPool(100_000);
  const pairs = randomPairs(13, 2000);
  const blocks = blocksOf(pairs, 1);
  const memory = pool.take();
  memory.reserve(50_000);
  pool.give(memory);
  for (const groups of new BlockGroups(blocks, 1e6, pool)) {
    expect(memory.length).toBe(blocks.reduce((sum, { bytes }) => sum + bytes.length, 0));
    expect(sorted(readGroups([groups]))).toEqual(sorted(grouped(pairs)));
  }
  // It has become too large for the pool, which has given it back.
  expect(memory.size).toBe(0);
  expect(pool.take()).not.toBe(memory);
  const small = pool.take();
  small.reserve(1000);
  pool.give(small);
  expect(pool.take()).toBe(small);
});
