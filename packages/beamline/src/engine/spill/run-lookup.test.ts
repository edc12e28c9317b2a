import { afterEach, expect, test } from "vitest";
import { RunLookup } from "./run-lookup.js";
import { blocksOf, grouped, type Pair, TestSpace, valuesOf } from "./testdata/spill-kit.js";

let space = new TestSpace();
afterEach(() => {
  space.close();
  space = new TestSpace();
});

const pairs = Array.from({ length: 6000 }, (_, i): Pair => [`key ${i % 2000}`, `value ${i}`]);
const hot = Array.from({ length: 8000 }, (_, i): Pair => ["hot", `hot value ${i}`]);

function find(lookup: RunLookup, key: string): string[] | undefined {
  const found = lookup.find(Buffer.from(key));
  return found === undefined ? undefined : valuesOf(found.groups, found.group).sort();
}

/** Kibibytes to look up in: everything at once, a few parts, hardly anything. */
test.each([4096, 64, 4])("RunLookup finds every key, and no other, within %d KiB", (kibibytes) => {
  const runs = [pairs.slice(0, 3000), pairs.slice(3000), hot].map((part) =>
    space.write(blocksOf(part, 1), "hash"),
  );
  const lookup = new RunLookup(space.reader, runs, kibibytes * 1024);
  const expected = grouped([...pairs, ...hot]);
  // In an order that has nothing to do with that of hashes.
  for (const [key, values] of [...expected].filter((_each, i) => i % 7 === 0 || i === 2000)) {
    expect(find(lookup, key)).toEqual([...values].sort());
    expect(find(lookup, `${key}, which nobody has`)).toBeUndefined();
    expect(find(lookup, key)).toEqual([...values].sort());
  }
});

test("RunLookup.all gives every group once", () => {
  const runs = [space.write(blocksOf(pairs, 1), "hash")];
  const lookup = new RunLookup(space.reader, runs, 64 * 1024);
  let keys = 0;
  for (const groups of lookup.all()) keys += groups.size;
  expect(keys).toBe(2000);
});

test("RunLookup of nothing finds nothing", () => {
  expect(find(new RunLookup(space.reader, [], 1024), "key")).toBeUndefined();
});
