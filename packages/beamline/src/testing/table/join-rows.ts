import { sum } from "../../combiners/sum.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import { coGroupByKey } from "../../transforms/co-group-by-key.js";
import { withKeys } from "../../transforms/with-keys.js";
import { type Row, row } from "./row.js";

interface Sides {
  readonly names: PCollection<[number, string]>;
  readonly ages: PCollection<[number, number]>;
}

/** Key 1 on both sides, twice on each; 2 only on the left, 3 only on the right. */
function sides(p: Pipeline): Sides {
  const names = p.create<[number, string]>("Names", [
    [1, "ann"],
    [2, "bob"],
    [1, "al"],
  ]);
  const ages = p.create<[number, number]>("Ages", [
    [3, 30],
    [1, 10],
    [1, 11],
  ]);
  return { names, ages };
}

const BOTH: [number, [string, number]][] = [
  [1, ["ann", 10]],
  [1, ["ann", 11]],
  [1, ["al", 10]],
  [1, ["al", 11]],
];

/** Keyed collections brought together. */
export const JOIN_ROWS: readonly Row[] = [
  row(
    "join",
    (p) => {
      const { names, ages } = sides(p);
      return names.join(ages);
    },
    BOTH,
  ),
  row(
    "left-join",
    (p) => {
      const { names, ages } = sides(p);
      return names.leftJoin(ages);
    },
    [...BOTH, [2, ["bob", undefined]]],
  ),
  row(
    "right-join",
    (p) => {
      const { names, ages } = sides(p);
      return names.rightJoin(ages);
    },
    [...BOTH, [3, [undefined, 30]]],
  ),
  row(
    "full-join",
    (p) => {
      const { names, ages } = sides(p);
      return names.fullJoin(ages, "Everything");
    },
    [...BOTH, [2, ["bob", undefined]], [3, [undefined, 30]]],
  ),
  row(
    "join-with-itself",
    (p) => {
      const { names } = sides(p);
      return names.join(names).filter(([, [a, b]]) => a < b);
    },
    [[1, ["al", "ann"]]],
  ),
  row(
    "join-of-nothing",
    (p) => {
      const { names } = sides(p);
      return names.join(p.create<[number, number]>("None", []));
    },
    [],
  ),
  row(
    "co-group-three-sides",
    (p) => {
      const { names, ages } = sides(p);
      const flags = p.create<[number, boolean]>("Flags", [[2, true]]);
      return coGroupByKey({ names, ages, flags }).map("Sort", ([key, groups]) => [
        key,
        [...groups.names].sort(),
        [...groups.ages].sort(),
        groups.flags,
      ]);
    },
    [
      [1, ["al", "ann"], [10, 11], []],
      [2, ["bob"], [], [true]],
      [3, [], [30], []],
    ],
  ),
  row(
    "hot-key-fanout",
    (p) =>
      p
        .create(
          "Numbers",
          Array.from({ length: 100 }, (_, i) => i),
        )
        .map("Pair", (n): [string, number] => [n === 0 ? "cold" : "hot", n])
        .combinePerKey("Sum", sum(), { hotKeyFanout: (key) => (key === "hot" ? 4 : 1) }),
    [
      ["hot", 4950],
      ["cold", 0],
    ],
  ),
  row("with-keys", (p) => p.create(["a", "b"]).apply(withKeys("k")).countPerKey(), [["k", 2]]),
];
