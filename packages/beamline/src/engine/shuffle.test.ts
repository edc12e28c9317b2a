import { describe, expect, test } from "vitest";
import type { Block } from "./block.js";
import { GroupIndex } from "./group-index.js";
import { hashBytes } from "./hash.js";
import { ListWriter } from "./list-writer.js";
import { ShuffleWriter } from "./shuffle-writer.js";

type Pair = readonly [key: string, value: string];

function write(writer: ShuffleWriter, pairs: Iterable<Pair>): void {
  for (const [key, value] of pairs) {
    writer.scratch.writeBytes(Buffer.from(key, "latin1"));
    writer.key();
    writer.scratch.writeBytes(Buffer.from(value, "latin1"));
    writer.commit();
  }
}

/** Groups in the order in which the index has them. */
function read(blocks: readonly Block[]): [key: string, values: string[]][] {
  const index = new GroupIndex(blocks);
  return Array.from({ length: index.size }, (_, group) => {
    const key = index.key(group);
    const values: string[] = [];
    const cursor = index.values(group);
    for (let reader = cursor.next(); reader !== undefined; reader = cursor.next()) {
      values.push(reader.readBytes(reader.remaining).toString("latin1"));
    }
    return [key.readBytes(key.remaining).toString("latin1"), values];
  });
}

function roundTrip(pairs: readonly Pair[], partitions = 4): Map<string, string[]> {
  const writer = new ShuffleWriter(partitions);
  write(writer, pairs);
  const groups = new Map<string, string[]>();
  for (const block of writer.take()) {
    for (const [key, values] of read([block])) {
      expect(groups.has(key)).toBe(false);
      groups.set(key, values);
    }
  }
  return groups;
}

function groupsOf(pairs: readonly Pair[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value]);
  return groups;
}

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

/** Two keys with one hash: by the birthday paradox a hundred thousand keys have some. */
function collidingKeys(): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; ; i++) {
    const key = `key ${i}`;
    const hash = hashBytes(Buffer.from(key), 0, key.length);
    const other = seen.get(hash);
    if (other !== undefined) return [other, key];
    seen.set(hash, key);
  }
}

describe("ShuffleWriter and GroupIndex", () => {
  test.each([1, 2, 3, 4])("give random records back by key, seed %i", (seed) => {
    const random = randomFrom(seed);
    const bytes = (most: number) =>
      String.fromCharCode(
        ...Array.from({ length: Math.floor(random() * most) }, () => Math.floor(random() * 256)),
      );
    const keys = Array.from({ length: 300 }, () => bytes(seed === 1 ? 3 : 300));
    const pairs = Array.from(
      { length: 3000 },
      (): Pair => [keys[Math.floor(random() * keys.length)] ?? "", bytes(200)],
    );
    expect(roundTrip(pairs, 1 + seed * 5)).toEqual(groupsOf(pairs));
  });

  test("keep keys apart whose hashes are the same", () => {
    const [a, b] = collidingKeys();
    expect(hashBytes(Buffer.from(a), 0, a.length)).toBe(hashBytes(Buffer.from(b), 0, b.length));
    const pairs: Pair[] = [
      [a, "1"],
      [b, "2"],
      [a, "3"],
      [b, "4"],
    ];
    expect(roundTrip(pairs)).toEqual(groupsOf(pairs));
  });

  test("keep empty keys and empty values", () => {
    const pairs: Pair[] = [
      ["", ""],
      ["", "x"],
      ["k", ""],
      ["", ""],
    ];
    expect(roundTrip(pairs)).toEqual(groupsOf(pairs));
  });

  test("keep big keys and values", () => {
    const big = "b".repeat(3_000_000);
    const pairs: Pair[] = [
      [big, "1"],
      ["small", big],
      [big, big],
      [`${big}!`, "2"],
    ];
    expect(roundTrip(pairs)).toEqual(groupsOf(pairs));
  });

  test("keep values in the order of arrival, over blocks of several bundles", () => {
    const writer = new ShuffleWriter(1);
    write(writer, [
      ["a", "1"],
      ["b", "2"],
    ]);
    const first = writer.take();
    write(writer, [
      ["b", "3"],
      ["a", "4"],
      ["c", "5"],
    ]);
    expect(read([...first, ...writer.take()])).toEqual([
      ["a", ["1", "4"]],
      ["b", ["2", "3"]],
      ["c", ["5"]],
    ]);
  });

  test("let the values of a key be gone through again, and at the same time", () => {
    const writer = new ShuffleWriter(1);
    write(writer, [
      ["a", "1"],
      ["a", "2"],
    ]);
    const index = new GroupIndex(writer.take());
    const [one, two] = [index.values(0), index.values(0)];
    expect(one.next()?.readByte()).toBe(0x31);
    expect(two.next()?.readByte()).toBe(0x31);
    expect(one.next()?.readByte()).toBe(0x32);
    expect(two.next()?.readByte()).toBe(0x32);
    expect([one.next(), two.next(), two.next()]).toEqual([undefined, undefined, undefined]);
  });

  test("give nothing for nothing", () => {
    expect(new ShuffleWriter(8).take()).toEqual([]);
    expect(new GroupIndex([]).size).toBe(0);
  });
});

describe("ShuffleWriter", () => {
  test("says how many records and bytes a block has, and in which partition it lies", () => {
    const writer = new ShuffleWriter(16);
    write(
      writer,
      Array.from({ length: 500 }, (_, i): Pair => [`key ${i}`, "value"]),
    );
    const blocks = writer.take();
    expect(blocks.map(({ partition }) => partition)).toEqual([...Array(16).keys()]);
    expect(blocks.reduce((sum, { records }) => sum + records, 0)).toBe(500);
    for (const { bytes, weight, records } of blocks) {
      expect(weight).toBe(bytes.length);
      expect(new GroupIndex([{ bytes, weight, records, partition: 0 }]).size).toBe(records);
    }
  });

  test("is empty after take() and after clear()", () => {
    const writer = new ShuffleWriter(1);
    write(writer, [["a", "1"]]);
    writer.take();
    expect(writer.take()).toEqual([]);
    write(writer, [["a", "1"]]);
    writer.scratch.writeByte(1);
    writer.clear();
    expect(writer.take()).toEqual([]);
    write(writer, [["b", "2"]]);
    const blocks = writer.take();
    expect(blocks.map(({ records }) => records)).toEqual([1]);
    expect(read(blocks)).toEqual([["b", ["2"]]]);
  });

  test("gives blocks of their own memory, fit to be transferred", () => {
    const writer = new ShuffleWriter(4);
    write(
      writer,
      Array.from({ length: 100 }, (_, i): Pair => [`${i}`, ""]),
    );
    const blocks = writer.take();
    expect(new Set(blocks.map(({ bytes }) => bytes.buffer)).size).toBe(blocks.length);
    for (const { bytes } of blocks) expect(bytes.buffer.byteLength).toBe(bytes.length);
  });
});

describe("ListWriter", () => {
  test.each([1, 3, 4])("deals records out over at most %i blocks, evenly", (parts) => {
    const writer = new ListWriter(parts);
    for (let i = 0; i < 10; i++) writer.next().writeByte(i);
    const blocks = writer.take();
    expect(blocks.map(({ partition }) => partition)).toEqual([...Array(parts).keys()]);
    expect(blocks.flatMap(({ bytes }) => [...bytes]).sort((a, b) => a - b)).toEqual([
      ...Array(10).keys(),
    ]);
    for (const { bytes, records } of blocks) {
      expect(records).toBe(bytes.length);
      expect(Math.abs(records - 10 / parts)).toBeLessThan(1);
    }
    expect(writer.take()).toEqual([]);
  });
});
