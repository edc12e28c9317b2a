import { expect, test } from "vitest";
import { ABSENT, placeOf, TextTable } from "./text-table.js";

/** The table beside a Map that does the same; texts lie somewhere in a larger buffer. */
function pairOf() {
  const table = new TextTable();
  const map = new Map<string, number>();
  const place = (key: string): [bytes: Buffer, start: number, end: number] => {
    const bytes = Buffer.from(`..${key}...`);
    return [bytes, 2, bytes.length - 3];
  };
  const find = (key: string) => table.find(...place(key));
  const count = (key: string) => {
    map.set(key, (map.get(key) ?? 0) + 1);
    const at = place(key);
    let entry = table.find(...at);
    if (entry === ABSENT) entry = table.add(...at, 0);
    table.values[entry] = (table.values[entry] as number) + 1;
  };
  const expectSame = () => {
    expect(table.size).toBe(map.size);
    const entries: [string, unknown][] = [];
    table.each((bytes, start, end, value) => {
      entries.push([bytes.toString("utf8", start, end), value]);
    });
    expect(entries).toEqual([...map]);
    for (const [i, key] of [...map.keys()].entries()) {
      expect(find(key)).toBe(i);
      expect(table.keyOf(i)).toBe(key);
    }
  };
  return { table, map, find, count, expectSame };
}

/** Keys of eight characters for which the table computes the same place, whatever its size. */
function colliding(count: number): string[] {
  const seen = new Map<number, string[]>();
  for (let i = 0; ; i++) {
    const key = Buffer.alloc(8);
    key.writeInt32LE(Math.imul(i, 0x01000193), 0);
    key.writeInt32LE(i, 4);
    const place = placeOf(key.readInt32LE(0), key.readInt32LE(4), 8) >>> 20;
    const same = seen.get(place) ?? [];
    same.push(key.toString("latin1"));
    seen.set(place, same);
    if (same.length === count) return same;
  }
}

test("TextTable keeps what a Map would, in the same order, at every length", () => {
  const { table, map, find, count, expectSame } = pairOf();
  for (let length = 0; length < 70; length++) {
    // Differ in their first, middle and last characters.
    const same = "m".repeat(length);
    for (const at of [0, 3, 4, length >> 1, length - 5, length - 4, length - 1]) {
      if (at >= 0 && at < length) count(`${same.slice(0, at)}x${same.slice(at + 1)}`);
    }
    count(same);
    count(same);
  }
  for (const odd of ["\0", "\0\0", "\0a", "ä", "€", "😀", "a\u0000\u0000\u0000", "x".repeat(9999)])
    count(odd);
  expectSame();
  expect(find("m".repeat(71))).toBe(ABSENT);
  expect(find("n")).toBe(ABSENT);
  expect(table.keyBytes).toBe(
    [...map.keys()].reduce((sum, key) => sum + Buffer.byteLength(key), 0),
  );
});

test("TextTable grows, and is empty and small after clear()", () => {
  const { table, map, count, find, expectSame } = pairOf();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 60_000; i++) count(`${round} key ${i % 30_000}`);
    expectSame();
    table.clear();
    map.clear();
    expect([table.size, table.keyBytes, find("0 key 7")]).toEqual([0, 0, ABSENT]);
  }
});

test("TextTable turns keys away that collide on purpose, and finds those that it has", () => {
  const { table, find } = pairOf();
  const keys = colliding(100);
  const kept = keys.filter((key) => {
    const bytes = Buffer.from(key, "latin1");
    expect(table.find(bytes, 0, bytes.length)).toBe(ABSENT);
    return table.add(bytes, 0, bytes.length, key) !== ABSENT;
  });
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThan(keys.length);
  expect(table.values).toEqual(kept);
  for (const key of kept) {
    const bytes = Buffer.from(key, "latin1");
    expect(table.values[table.find(bytes, 0, bytes.length)]).toBe(key);
  }
  expect(find("another")).toBe(ABSENT);
});

test("TextTable reads blocks that are filled again, and looks up its own bytes", () => {
  const table = new TextTable();
  const block = Buffer.alloc(16);
  for (const word of ["first", "other", "first"]) {
    block.write(word, "latin1");
    if (table.find(block, 0, 5) === ABSENT) table.add(block, 0, 5, word);
  }
  expect(table.values).toEqual(["first", "other"]);
  table.each((bytes, start, end, value) => {
    expect(table.values[table.find(bytes, start, end)]).toBe(value);
  });
});
