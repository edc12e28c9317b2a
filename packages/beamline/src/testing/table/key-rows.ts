import type { PCollection } from "../../pipeline/pcollection.js";
import { coGroupByKey } from "../../transforms/co-group-by-key.js";
import { type Row, row } from "./row.js";

type Groups<K> = PCollection<[K, Iterable<string>]>;

/** Groups with their values in one order. */
function sorted<K>(groups: Groups<K>): PCollection<[K, string[]]> {
  return groups.map("Sorted", ([key, values]): [K, string[]] => [key, [...values].sort()]);
}

/** Groups `pairs`, each key given twice, the second time made anew. */
function grouping<K>(
  name: string,
  pairs: readonly (readonly [K, string])[],
  expected: readonly [K, string[]][],
): Row {
  return row(
    `group-by-${name}`,
    (p) =>
      p
        .create<readonly [unknown, string]>(pairs)
        .groupByKey()
        .apply(sorted<unknown>),
    expected,
  );
}

/** Keys and what is done with pairs. */
export const KEY_ROWS: readonly Row[] = [
  grouping(
    "strings",
    [
      ["a", "1"],
      ["b", "2"],
      ["a", "3"],
      ["", "4"],
      ["é", "5"],
      ["e\u0301", "6"],
      ["\ud83d", "7"],
    ],
    [
      ["a", ["1", "3"]],
      ["b", ["2"]],
      ["", ["4"]],
      ["é", ["5"]],
      ["e\u0301", ["6"]],
      ["\ud83d", ["7"]],
    ],
  ),
  grouping(
    "numbers",
    [
      [1, "a"],
      [1.5, "b"],
      [1, "c"],
      [2 ** 53, "d"],
      [2 ** 53 + 2, "e"],
      [2 ** 31, "f"],
      [-(2 ** 31), "g"],
      [2 ** 53, "h"],
    ],
    [
      [1, ["a", "c"]],
      [1.5, ["b"]],
      [2 ** 53, ["d", "h"]],
      [2 ** 53 + 2, ["e"]],
      [2 ** 31, ["f"]],
      [-(2 ** 31), ["g"]],
    ],
  ),
  grouping(
    "zeros-and-nan",
    [
      [0, "a"],
      [-0, "b"],
      [Number.NaN, "c"],
      [Number.NaN, "d"],
    ],
    [
      [0, ["a", "b"]],
      [Number.NaN, ["c", "d"]],
    ],
  ),
  grouping<unknown>(
    "look-alikes",
    [
      [null, "a"],
      [undefined, "b"],
      ["null", "c"],
      ["undefined", "d"],
      [1, "e"],
      [1n, "f"],
      ["1", "g"],
      [true, "h"],
      ["true", "i"],
      [[], "j"],
      [{}, "k"],
      [null, "l"],
      [undefined, "m"],
      [1n, "n"],
    ],
    [
      [null, ["a", "l"]],
      [undefined, ["b", "m"]],
      ["null", ["c"]],
      ["undefined", ["d"]],
      [1, ["e"]],
      [1n, ["f", "n"]],
      ["1", ["g"]],
      [true, ["h"]],
      ["true", ["i"]],
      [[], ["j"]],
      [{}, ["k"]],
    ],
  ),
  grouping<unknown>(
    "objects",
    [
      [{ a: 1, b: 2 }, "1"],
      [{ b: 2, a: 1 }, "2"],
      [{ a: 1 }, "3"],
      [{ a: 1, b: undefined }, "4"],
      [{ x: { p: [1], q: null } }, "5"],
      [{ x: { q: null, p: [1] } }, "6"],
      [{ z: -0 }, "7"],
      [{ z: 0 }, "8"],
    ],
    [
      [{ a: 1, b: 2 }, ["1", "2"]],
      [{ a: 1 }, ["3"]],
      [{ a: 1, b: undefined }, ["4"]],
      [{ x: { p: [1], q: null } }, ["5", "6"]],
      [{ z: 0 }, ["7", "8"]],
    ],
  ),
  grouping<unknown>(
    "built-ins",
    [
      [new Date(5), "1"],
      [new Date(5), "2"],
      [new Date(6), "3"],
      [new Uint8Array([1, 2]), "4"],
      [new Uint8Array([1, 2]), "5"],
      [new Uint16Array([1, 2]), "6"],
      [new Map([["k", 1]]), "7"],
      [new Map([["k", 1]]), "8"],
      [new Set([2, 1]), "9"],
      [new Set([1, 2]), "0"],
      [2n ** 70n, "a"],
      [2n ** 70n, "b"],
    ],
    [
      [new Date(5), ["1", "2"]],
      [new Date(6), ["3"]],
      [new Uint8Array([1, 2]), ["4", "5"]],
      [new Uint16Array([1, 2]), ["6"]],
      [new Map([["k", 1]]), ["7", "8"]],
      [new Set([1, 2]), ["0", "9"]],
      [2n ** 70n, ["a", "b"]],
    ],
  ),
  row(
    "key-by",
    (p) =>
      p
        .create(["one", "two", "three"])
        .keyBy((word) => word.length)
        .groupByKey()
        .apply(sorted<number>),
    [
      [3, ["one", "two"]],
      [5, ["three"]],
    ],
  ),
  row("group-by-key-of-nothing", (p) => p.create<[string, number]>([]).groupByKey(), []),
  row(
    "group-by-key-twice",
    (p) =>
      p
        .create(["apple", "avocado", "bean"])
        .keyBy((word) => word.charAt(0))
        .groupByKey("ByLetter")
        .map(([letter, words]): [number, string] => [[...words].length, letter])
        .groupByKey("BySize")
        .apply(sorted<number>),
    [
      [2, ["a"]],
      [1, ["b"]],
    ],
  ),
  row(
    "group-values-iterate-twice",
    (p) =>
      p
        .create<[string, number]>([
          ["k", 1],
          ["k", 2],
        ])
        .groupByKey()
        .map(([key, values]) => [key, [...values].length, Math.max(...values)]),
    [["k", 2, 2]],
  ),
  row(
    "keys-values-swap",
    (p) => {
      const pairs = p.create<[string, number]>([["a", 1]]);
      const swapped = pairs.swap().map(([n, s]) => `${n}${s}`);
      return pairs.keys().flatten(pairs.values().map(String), swapped);
    },
    ["a", "1", "1a"],
  ),
  row(
    "map-values",
    (p) => p.create<[string, number]>([["a", 1]]).mapValues((n, key) => `${key}${n + 1}`),
    [["a", "a2"]],
  ),
  row(
    "co-group-by-key",
    (p) => {
      const left = p.create<[string, number]>("Left", [
        ["a", 1],
        ["b", 2],
      ]);
      const right = p.create<[string, string]>("Right", [
        ["b", "x"],
        ["c", "y"],
      ]);
      return coGroupByKey({ left, right });
    },
    [
      ["a", { left: [1], right: [] }],
      ["b", { left: [2], right: ["x"] }],
      ["c", { left: [], right: ["y"] }],
    ],
  ),
];
