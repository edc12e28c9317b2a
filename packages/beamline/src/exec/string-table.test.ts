import { expect, test } from "vitest";
import { StringTable } from "./string-table.js";

/** The table beside a Map that does the same. */
function pairOf() {
  const table = new StringTable<number>();
  const map = new Map<string, number>();
  const count = (key: string) => {
    map.set(key, (map.get(key) ?? 0) + 1);
    let at = table.find(key);
    if (at < 0) at = table.add(key, 0);
    table.cells[at] = (table.cells[at] as number) + 1;
  };
  const expectSame = () => {
    expect(table.size).toBe(map.size);
    expect(new Map(table)).toEqual(map);
    for (const [key, value] of map) expect(table.cells[table.find(key)]).toBe(value);
  };
  return { table, map, count, expectSame };
}

test("StringTable keeps what a Map would: short, long, empty and odd strings", () => {
  const { table, count, expectSame } = pairOf();
  const strings = ["", "a", "ä", "€", "😀", "\ud800", "\0", "a\0", "__proto__", "x".repeat(24)];
  for (const each of [...strings, "x".repeat(25), "y".repeat(10_000), ...strings]) count(each);
  expectSame();
  expect(table.find("b")).toBe(-1);
  expect(table.find("x".repeat(26))).toBe(-1);
});

test("StringTable takes a string for the same however it was made", () => {
  const { table, count, map } = pairOf();
  const text = "one two three, and a longer one two three";
  count("one two three");
  count(text.slice(0, 13));
  count(text.slice(-13));
  count(["one", "two", "three"].join(" "));
  count(`${text.slice(0, 7)} three`);
  expect([table.size, [...map.values()]]).toEqual([1, [5]]);
});

test("StringTable grows, and is empty and small after clear()", () => {
  const { table, map, count, expectSame } = pairOf();
  for (let i = 0; i < 50_000; i++) count(`key ${i % 20_000}`);
  expectSame();
  table.clear();
  map.clear();
  expect(table.find("key 7")).toBe(-1);
  expect(table.cells.length).toBeLessThan(100);
  for (let i = 0; i < 30; i++) count(`${i % 20}`);
  expectSame();
});

test("StringTable holds strings that collide on purpose", () => {
  const { table, count, expectSame } = pairOf();
  // "Aa" and "BB" have the same hash to the base of 31, and so has every string made of them.
  const pieces = ["Aa", "BB"];
  for (let bits = 0; bits < 1024; bits++) {
    count(Array.from({ length: 10 }, (_, i) => pieces[(bits >> i) & 1]).join(""));
  }
  for (let i = 0; i < 3000; i++) count(`${i}`);
  expectSame();
  expect(table.find("AaAa")).toBe(-1);
  expect(table.find("BBBBBBBBBBBBBBBBBBBBBB")).toBe(-1);
});

test("StringTable hands out its strings in the same order, whatever it held before", () => {
  const keys = Array.from({ length: 100 }, (_, i) => `key ${i}`);
  const used = new StringTable<number>();
  for (let i = 0; i < 5000; i++) used.add(`other ${i}`, i);
  used.clear();
  const fresh = new StringTable<number>();
  for (const key of keys) {
    used.add(key, 1);
    fresh.add(key, 1);
  }
  expect([...used]).toEqual([...fresh]);
});
