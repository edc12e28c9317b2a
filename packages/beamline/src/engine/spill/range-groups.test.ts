import { afterEach, expect, test } from "vitest";
import type { Groups } from "./groups.js";
import { HotGroups } from "./hot-groups.js";
import type { Run } from "./run.js";
import {
  blocksOf,
  grouped,
  hashOf,
  type Pair,
  readGroups,
  sorted,
  TestSpace,
  valuesOf,
} from "./testdata/spill-kit.js";

let space = new TestSpace();
afterEach(() => {
  space.close();
  space = new TestSpace();
});

/** The pairs dealt out over runs. */
function runsOf(pairs: readonly Pair[], runs: number): Run[] {
  return Array.from({ length: runs }, (_, run) =>
    space.write(blocksOf(pairs.filter((_pair, i) => i % runs === run)), "hash"),
  );
}

const many = Array.from({ length: 20_000 }, (_, i): Pair => [`key ${i % 3000}`, `value ${i}`]);
const hot = Array.from({ length: 20_000 }, (_, i): Pair => ["hot", `hot value ${i}`]);

test("RangeGroups gives each key once, with all values, in loads that fit", () => {
  const loads = [...space.groups(runsOf(many, 5))];
  expect(loads.length).toBeGreaterThan(50);
  expect(sorted(readGroups(loads))).toEqual(sorted(grouped(many)));
});

test("RangeGroups of ranges that follow one another are all groups", () => {
  const runs = runsOf(many, 3);
  const third = Math.floor(2 ** 32 / 3);
  const bounds = [0, 1, third, 2 * third, 2 ** 32 - 1, 2 ** 32];
  const read = new Map<string, string[]>();
  for (const [i, to] of bounds.slice(1).entries()) {
    const from = bounds[i] ?? 0;
    for (const [key, values] of readGroups(space.groups(runs, { from, to }))) {
      expect(hashOf(key) >= from && hashOf(key) < to).toBe(true);
      expect(read.has(key)).toBe(false);
      read.set(key, values);
    }
  }
  expect(sorted(read)).toEqual(sorted(grouped(many)));
});

test("RangeGroups reads slices larger than memory in parts", () => {
  // Two slices in all: as if a run had been written with hardly any memory to sort in.
  const coarse = new TestSpace({ frameBytes: 1024 * 1024, loadBytes: 16 * 1024 });
  const run = coarse.write(blocksOf(many), "hash");
  expect(run.sliceBits).toBe(1);
  const loads = [...coarse.groups([run])];
  expect(loads.length).toBeGreaterThan(50);
  expect(sorted(readGroups(loads))).toEqual(sorted(grouped(many)));
  coarse.close();
});

test("RangeGroups reads runs with slices of different widths together", () => {
  const coarse = new TestSpace({ frameBytes: 64 * 1024 });
  const runs = [
    coarse.write(blocksOf(many.slice(0, 10_000)), "hash"),
    ...runsOf(many.slice(10_000, 19_000), 2),
    coarse.write(blocksOf(many.slice(19_000)), "hash"),
  ];
  expect(new Set(runs.map(({ sliceBits }) => sliceBits)).size).toBeGreaterThan(1);
  expect(sorted(readGroups(space.groups(runs)))).toEqual(sorted(grouped(many)));
  coarse.close();
});

function hotOf(loads: Iterable<Groups>): Groups {
  const found = [...loads].filter((groups) => groups instanceof HotGroups);
  expect(found).toHaveLength(1);
  return found[0] as Groups;
}

test("a key larger than memory stays on disk, and its neighbours do not", () => {
  const pairs = many.flatMap((pair, i) => [pair, hot[i] ?? pair]);
  const loads = [...space.groups(runsOf(pairs, 4))];
  expect(loads.filter((groups) => groups instanceof HotGroups)).toHaveLength(1);
  expect(sorted(readGroups(loads))).toEqual(sorted(grouped(pairs)));
});

test("the values of a key on disk can be read twice at once, and again after a stop", () => {
  const groups = hotOf(space.groups(runsOf([...hot, ...many], 3)));
  const [first, second] = [groups.values(0), groups.values(0)];
  const read: [string[], string[]] = [[], []];
  for (;;) {
    const value = first.next();
    if (value === undefined) break;
    read[0].push(value.readBytes(value.remaining).toString());
    const other = second.next();
    if (other !== undefined) read[1].push(other.readBytes(other.remaining).toString());
  }
  expect(second.next()).toBeUndefined();
  const expected = hot.map(([, value]) => value).sort();
  expect(read[0].sort()).toEqual(expected);
  expect(read[1].sort()).toEqual(expected);
  groups.values(0).next();
  expect(valuesOf(groups, 0)).toHaveLength(hot.length);
});

test("keys with the same hash that are larger than memory keep their values apart", () => {
  const [a, b] = collision();
  expect(hashOf(a)).toBe(hashOf(b));
  const pairs = hot.map(([, value], i): Pair => [i % 3 === 0 ? a : b, value]);
  const groups = hotOf(space.groups(runsOf([...pairs, ...many], 2)));
  expect(groups.size).toBe(2);
  expect(sorted(readGroups([groups]))).toEqual(sorted(grouped(pairs)));
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

test("several keys larger than memory are each read from disk", () => {
  const hots = Array.from({ length: 40_000 }, (_, i): Pair => [`hot ${i % 4}`, `value ${i}`]);
  const loads = [...space.groups(runsOf([...hots, ...many], 2))];
  expect(loads.filter((groups) => groups instanceof HotGroups)).toHaveLength(4);
  expect(sorted(readGroups(loads))).toEqual(sorted(grouped([...hots, ...many])));
});

test("values that somebody keeps are loaded again when their load has gone", () => {
  const runs = runsOf(many, 3);
  const kept: { key: string; values: () => string[]; begun: string; rest: () => string[] }[] = [];
  for (const groups of space.groups(runs)) {
    const reader = groups.key(groups.size - 1);
    const key = reader.readBytes(reader.remaining).toString();
    const cursor = groups.values(groups.size - 1);
    const text = () => {
      const value = cursor.next();
      return value?.readBytes(value.remaining).toString();
    };
    const begun = text() ?? "";
    const rest = () => {
      const values: string[] = [];
      for (let value = text(); value !== undefined; value = text()) values.push(value);
      return values;
    };
    kept.push({ key, values: () => valuesOf(groups, groups.size - 1), begun, rest });
  }
  const expected = grouped(many);
  expect(kept.length).toBeGreaterThan(10);
  for (const { key, values, begun, rest } of kept) {
    expect([...values()].sort()).toEqual([...(expected.get(key) ?? [])].sort());
    expect([begun, ...rest()]).toEqual(values());
  }
});

test("RangeGroups of nothing are no groups", () => {
  expect([...space.groups([])]).toEqual([]);
  const run = space.write(blocksOf([["a", "b"]]), "hash");
  const hash = hashOf("a");
  expect([...space.groups([run], { from: hash + 1, to: 2 ** 32 })]).toEqual([]);
  expect(readGroups(space.groups([run], { from: hash, to: hash + 1 })).get("a")).toEqual(["b"]);
});

test("SpillSpace.records gives every record once, key by key", () => {
  const runs = runsOf([...many.slice(0, 3000), ...hot], 2);
  const read: Pair[] = [];
  for (const records of space.records(runs)) {
    while (records.next()) {
      const { key, value } = records;
      read.push([
        key.readBytes(key.remaining).toString(),
        value.readBytes(value.remaining).toString(),
      ]);
    }
  }
  expect(sorted(grouped(read))).toEqual(sorted(grouped([...many.slice(0, 3000), ...hot])));
});

test("RunReader says which folder it could not read from", () => {
  const [run] = runsOf(many, 1);
  if (run === undefined) throw new Error("no run");
  const gone = { ...run, path: `${space.folder}/gone.run` };
  expect(() => [...space.groups([gone])]).toThrow(
    /^Cannot read back data that did not fit in memory: the scratch folder .* refuses it \(ENOENT\)/,
  );
});
