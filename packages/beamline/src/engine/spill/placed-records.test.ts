import { describe, expect, test } from "vitest";
import { HotGroups } from "./hot-groups.js";
import { PlacedRecords } from "./placed-records.js";
import { skipRecord } from "./shuffle-records.js";
import { blocksOf, type Pair, readGroups, valuesOf } from "./testdata/spill-kit.js";

const OTHERS: Pair[] = Array.from({ length: 20 }, (_, i) => ["other", `not this ${i}`]);

/** The records of some keys in blocks of which others have nothing. */
function place(blocks: readonly (readonly Pair[])[], keys: readonly string[]): PlacedRecords {
  const buffers = blocks.map((pairs) =>
    Buffer.concat(blocksOf(pairs, 1).map(({ bytes }) => bytes)),
  );
  const isOne = ([key]: Pair) => keys.includes(key);
  const records = new PlacedRecords(buffers, blocks.flat().filter(isOne).length);
  for (const [block, pairs] of blocks.entries()) {
    const bytes = buffers[block] ?? Buffer.alloc(0);
    let at = 0;
    for (const pair of pairs) {
      const next = skipRecord(bytes, at);
      if (isOne(pair)) records.add(block, at);
      // Whoever looked at these once more would go wrong.
      else bytes.fill(0xff, at, next);
      at = next;
    }
  }
  return records;
}

describe("PlacedRecords", () => {
  const hot = (from: number): Pair[] => [
    ["hot", `a${from}`],
    ["hot", "x".repeat(200)],
    ["hot", ""],
  ];
  const blocks = [OTHERS, [...OTHERS, ...hot(1)], OTHERS, [], [...hot(2), ...OTHERS], OTHERS];
  const values = [...hot(1), ...hot(2)].map(([, value]) => value);

  test("are read where they are, without a look at what lies between them", () => {
    const groups = new HotGroups(place(blocks, ["hot"]));
    expect([...readGroups([groups])]).toEqual([["hot", values]]);
    expect(valuesOf(groups, 0)).toEqual(values);
  });

  test("are gone through by two at once", () => {
    const groups = new HotGroups(place(blocks, ["hot"]));
    const [first, second] = [groups.values(0), groups.values(0)];
    const read = (cursor: typeof first) => {
      const reader = cursor.next();
      return reader?.readBytes(reader.remaining).toString();
    };
    expect(read(first)).toBe(values[0]);
    for (const value of values) expect(read(second)).toBe(value);
    for (const value of values.slice(1)) expect(read(first)).toBe(value);
    expect([read(first), read(first), read(second)]).toEqual([undefined, undefined, undefined]);
  });

  test("of several keys are kept apart", () => {
    const pairs: Pair[] = [...OTHERS, ["a", "1"], ["ab", "2"], ["a", "3"], ["", "4"], ["ab", "5"]];
    const groups = new HotGroups(place([pairs, OTHERS, pairs], ["a", "ab", ""]));
    expect([...readGroups([groups])]).toEqual([
      ["a", ["1", "3", "1", "3"]],
      ["ab", ["2", "5", "2", "5"]],
      ["", ["4", "4"]],
    ]);
    expect(groups.find(Buffer.from("ab"))).toBe(1);
    expect(groups.find(Buffer.from("b"))).toBeUndefined();
  });
});
