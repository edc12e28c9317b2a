import type { Coder } from "../../coders/coder.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { max } from "../../combiners/max.js";
import { mean } from "../../combiners/mean.js";
import { sum } from "../../combiners/sum.js";
import { combineFn } from "../../fn/combine-fn.js";
import { type Row, row } from "./row.js";

const WORDS = ["b", "a", "b", "c", "b", "a"];
const PAIRS: readonly [string, number][] = [
  ["x", 1],
  ["y", 10],
  ["x", 2],
  ["y", -10],
  ["x", 3],
];

/** An accumulator that only its own coder can carry. */
class Letters {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const lettersCoder: Coder<Letters> = {
  urn: "beamline:test:letters:v1",
  components: [],
  deterministic: true,
  encode: ({ text }, out) => stringUtf8.encode(text, out),
  decode: (input) => new Letters(stringUtf8.decode(input)),
};

/** All letters in alphabetical order. */
const letters = combineFn<string, Letters, string>({
  create: () => new Letters(""),
  add: ({ text }, letter) => new Letters(text + letter),
  merge: (a, b) => new Letters(a.text + b.text),
  extract: ({ text }) => [...text].sort().join(""),
  accumulatorCoder: lettersCoder,
  outputCoder: stringUtf8,
});

/** Combining, lifted. */
export const COMBINE_ROWS: readonly Row[] = [
  row("combine-per-key", (p) => p.create(PAIRS).combinePerKey(sum()), [
    ["x", 6],
    ["y", 0],
  ]),
  row("combine-per-key-of-nothing", (p) => p.create<[string, number]>([]).combinePerKey(sum()), []),
  row(
    "combine-per-key-by-objects",
    (p) =>
      p
        .create<[{ a?: number; b?: number }, number]>([
          [{ a: 1, b: 2 }, 1],
          [{ b: 2, a: 1 }, 2],
          [{ a: -0 }, 4],
          [{ a: 0 }, 8],
        ])
        .combinePerKey(sum()),
    [
      [{ a: 1, b: 2 }, 3],
      [{ a: 0 }, 12],
    ],
  ),
  row(
    "combine-per-key-by-primitives",
    (p) =>
      p
        .create<[unknown, number]>([
          [0, 1],
          [-0, 2],
          [Number.NaN, 4],
          [Number.NaN, 8],
          [null, 16],
          [undefined, 32],
          [1, 64],
          [1n, 128],
          [1n, 256],
          ["1", 512],
        ])
        .combinePerKey(sum()),
    [
      [0, 3],
      [Number.NaN, 12],
      [null, 16],
      [undefined, 32],
      [1, 64],
      [1n, 384],
      ["1", 512],
    ],
  ),
  row(
    "combine-per-key-own-accumulator",
    (p) =>
      p
        .create(WORDS)
        .keyBy(() => 0)
        .combinePerKey(letters),
    [[0, "aabbbc"]],
  ),
  row("combine-globally", (p) => p.create([1, 2, 3]).combineGlobally(sum()), [6]),
  row("combine-globally-own-accumulator", (p) => p.create(WORDS).combineGlobally(letters), [
    "aabbbc",
  ]),
  row(
    "combine-globally-of-nothing",
    (p) => {
      const none = p.create<number>([]);
      return none
        .sum()
        .map(String)
        .flatten(
          none.mean().map("Mean", String),
          none.max().map("Max", String),
          none.min().map("Min", String),
          none.count().map("Counted", String),
          none.top(3).map("Top3", (top) => JSON.stringify(top)),
          none.map("Text", String).combineGlobally("Letters", letters),
        );
    },
    ["0", "NaN", "undefined", "undefined", "0", "[]", ""],
  ),
  row(
    "combine-after-group-by-key",
    (p) =>
      p
        .create(PAIRS)
        .groupByKey()
        .map(([key, values]): [string, number] => [key, Math.max(...values)])
        .values()
        .sum(),
    [13],
  ),
  row(
    "combine-after-combine",
    (p) => p.create(PAIRS).combinePerKey(sum()).values().combineGlobally(max()),
    [6],
  ),
  row(
    "combine-several-of-one-input",
    (p) => {
      const pairs = p.create(PAIRS);
      return pairs.combinePerKey("Sum", sum()).flatten(pairs.combinePerKey("Mean", mean()));
    },
    [
      ["x", 6],
      ["y", 0],
      ["x", 2],
      ["y", 0],
    ],
  ),
  row("count-per-element", (p) => p.create(WORDS).countPerElement(), [
    ["a", 2],
    ["b", 3],
    ["c", 1],
  ]),
  row(
    "count-per-element-of-any-kind",
    (p) =>
      p
        .create<unknown>([0, -0, { x: 1, y: 2 }, { y: 2, x: 1 }, null, undefined, null, "0", [0]])
        .countPerElement(),
    [
      [0, 2],
      [{ x: 1, y: 2 }, 2],
      [null, 2],
      [undefined, 1],
      ["0", 1],
      [[0], 1],
    ],
  ),
  row("count-per-key", (p) => p.create(PAIRS).countPerKey(), [
    ["x", 3],
    ["y", 2],
  ]),
  row("count", (p) => p.create(WORDS).count(), [6]),
  row(
    "statistics",
    (p) => {
      const numbers = p.create([4, 8, 6]);
      return numbers.sum().flatten(numbers.mean(), numbers.min(), numbers.max(), numbers.count());
    },
    [18, 6, 4, 8, 3],
  ),
  row(
    "statistics-of-nan",
    (p) => {
      const numbers = p.create([1, Number.NaN, 2]);
      return numbers.sum().flatten(numbers.mean(), numbers.min(), numbers.max());
    },
    [Number.NaN, Number.NaN, 1, Number.NaN],
  ),
  row("sum-beyond-2-53", (p) => p.create([2 ** 60, 2 ** 60, -(2 ** 55)]).sum(), [
    2 ** 61 - 2 ** 55,
  ]),
  row("min-by", (p) => p.create(WORDS).min((a, b) => b.localeCompare(a)), ["c"]),
  row("max-of-undefined", (p) => p.create([undefined]).max(), [undefined]),
  row("top", (p) => p.create([5, 1, 4, 2, 3]).top(3), [[5, 4, 3]]),
  row("top-by", (p) => p.create(WORDS).top("First", 2, (a, b) => b.localeCompare(a)), [["a", "a"]]),
  row(
    "top-of-many",
    (p) =>
      p
        .create([999])
        .flatMap((n) => Array(n).keys())
        .top(2),
    [[998, 997]],
  ),
  row(
    "sample-of-all",
    (p) =>
      p
        .create([1, 2])
        .sample(5)
        .map((some) => some.sort()),
    [[1, 2]],
  ),
  row("sample-of-the-same", (p) => p.create([7, 7, 7]).sample("Two", 2), [[7, 7]]),
  row("distinct", (p) => p.create([...WORDS, ...WORDS]).distinct(), ["a", "b", "c"]),
  row(
    "distinct-objects",
    (p) =>
      p
        .create([
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ])
        .distinct(),
    [{ a: 1, b: 2 }],
  ),
];
