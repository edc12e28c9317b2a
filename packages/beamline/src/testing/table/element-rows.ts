import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import { regex } from "../../transforms/regex/regex.js";
import { type Row, row } from "./row.js";
import { COMPOUND_VALUES, NUMBERS, STRINGS } from "./values.js";

type Shape = { readonly kind: "dot" } | { readonly kind: "box"; readonly side: number };

const isBox = (shape: Shape): shape is Extract<Shape, { kind: "box" }> => shape.kind === "box";

/** Passes on what it gets, by way of a promise that takes a turn of the event loop. */
async function later<T>(value: T): Promise<T> {
  await new Promise((resolve) => setImmediate(resolve));
  return value;
}

/** Sources, and verbs that see one element at a time. */
export const ELEMENT_ROWS: readonly Row[] = [
  row(
    "regex-words",
    (p) =>
      p
        .create(["a b", "", "b-c"])
        .apply(regex.findAll(/[a-z]+/))
        .countPerElement(),
    [
      ["a", 1],
      ["b", 2],
      ["c", 1],
    ],
  ),
  row("create-none", (p) => p.create<string>([]), []),
  row("create-one", (p) => p.create(["only"]), ["only"]),
  row("create-many", (p) => p.create([3, 1, 2, 3]), [3, 1, 2, 3]),
  row("create-undefined", (p) => p.create([undefined, null, undefined]), [
    undefined,
    null,
    undefined,
  ]),
  row("create-numbers", (p) => p.create(NUMBERS).reshuffle(), NUMBERS),
  row("create-strings", (p) => p.create(STRINGS).reshuffle(), STRINGS),
  row("create-compound", (p) => p.create(COMPOUND_VALUES).reshuffle(), COMPOUND_VALUES),
  row("impulse", (p) => p.impulse().map((bytes) => bytes.length), [0]),
  row("map", (p) => p.create([1, 2, 3]).map((n) => n * n), [1, 4, 9]),
  row(
    "map-chain",
    (p) =>
      p
        .create(["a", "b"])
        .map((s) => `${s}1`)
        .map((s) => `${s}2`)
        .map((s) => `${s}3`),
    ["a123", "b123"],
  ),
  row(
    "flat-map-array",
    (p) => p.create([2, 0, 1]).flatMap((n) => Array<number>(n).fill(n)),
    [2, 2, 1],
  ),
  row(
    "flat-map-generator",
    (p) =>
      p.create([1, 3]).flatMap(function* (n) {
        for (let i = 0; i < n; i++) yield [n, i];
      }),
    [
      [1, 0],
      [3, 0],
      [3, 1],
      [3, 2],
    ],
  ),
  row("flat-map-set", (p) => p.create(["noon"]).flatMap((word) => new Set(word)), ["n", "o"]),
  row("flat-map-map", (p) => p.create([1]).flatMap((n) => new Map([[`k${n}`, n]])), [["k1", 1]]),
  row(
    "flat-map-regexp-match",
    (p) => p.create(["to be, or", "..."]).flatMap((line) => line.match(/\w+/g) ?? []),
    ["to", "be", "or"],
  ),
  row("filter", (p) => p.create([1, 2, 3, 4]).filter((n) => n % 2 === 0), [2, 4]),
  row("filter-truthy", (p) => p.create(["", "x", ""]).filter((s) => s.length), ["x"]),
  row(
    "filter-type-guard",
    (p) =>
      p
        .create<Shape>([{ kind: "dot" }, { kind: "box", side: 3 }])
        .filter(isBox)
        .map(({ side }) => side),
    [3],
  ),
  row(
    "map-async",
    (p) => p.create([1, 2, 3]).mapAsync((n) => later(n * 10), { concurrency: 2 }),
    [10, 20, 30],
  ),
  row(
    "map-async-ordered",
    (p) =>
      p
        .create([["a", "b", "c", "d"]])
        .flatMap((list) => [...list])
        .mapAsync((s) => (s === "a" ? later(s) : Promise.resolve(s)), { ordered: true })
        .parDo(() => new Numbered()),
    ["0a", "1b", "2c", "3d"],
  ),
  row(
    "map-async-chain",
    (p) =>
      p
        .create([[...Array(200).keys()]])
        .flatMap((list) => [...list])
        .mapAsync(later, { concurrency: 7 })
        .filter((n) => n % 50 === 0)
        .mapAsync(later, { concurrency: 1, ordered: true }),
    [0, 50, 100, 150],
  ),
];

class Numbered extends DoFn<string, string> {
  private next = 0;

  override startBundle(): void {
    this.next = 0;
  }

  override process(element: string, ctx: ProcessContext<string>): void {
    ctx.output(`${this.next++}${element}`);
  }
}
