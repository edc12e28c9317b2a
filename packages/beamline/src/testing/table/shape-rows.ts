import type { Coder } from "../../coders/coder.js";
import { kv } from "../../coders/kv.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { varint } from "../../coders/varint.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import { composite } from "../../pipeline/ptransform.js";
import { type Row, row } from "./row.js";

const double = composite("Double", (numbers: PCollection<number>) => numbers.map((n) => n * 2));
const quadruple = composite("Quadruple", (numbers: PCollection<number>) =>
  numbers.apply(double).apply("Again", double),
);

/** A value that only its own coder can carry. */
class Point {
  readonly x: number;

  constructor(x: number) {
    this.x = x;
  }

  get text(): string {
    return `point ${this.x}`;
  }
}

const pointCoder: Coder<Point> = {
  urn: "beamline:test:point:v1",
  components: [],
  deterministic: true,
  encode: ({ x }, out) => varint.encode(x, out),
  decode: (input) => new Point(varint.decode(input)),
};

/** How collections come apart, together, and under which names. */
export const SHAPE_ROWS: readonly Row[] = [
  row(
    "partition",
    (p) => {
      const parts = p.create([0, 1, 2, 3, 4, 5]).partition(3, (n) => n % 3);
      return p.flatten(parts.map((part, i) => part.map(`Part${i}`, (n) => [i, n])));
    },
    [
      [0, 0],
      [0, 3],
      [1, 1],
      [1, 4],
      [2, 2],
      [2, 5],
    ],
  ),
  row(
    "partition-unused",
    (p) => p.flatten(p.create([1, 2]).partition("One", 12, () => 11)),
    [1, 2],
  ),
  row(
    "flatten-of-stages",
    (p) => {
      const created = p.create([["a", 1]] as [string, number][]);
      const grouped = p
        .create("Others", [["b", 2]] as [string, number][])
        .groupByKey()
        .map(([key, values]): [string, number] => [key, [...values].length]);
      return created.flatten(
        grouped,
        p.impulse().map("Three", (): [string, number] => ["c", 3]),
      );
    },
    [
      ["a", 1],
      ["b", 1],
      ["c", 3],
    ],
  ),
  row(
    "flatten-diamond",
    (p) => {
      const numbers = p.create([1, 2]);
      const plus = numbers.map("Plus", (n) => n + 10);
      const minus = numbers.map("Minus", (n) => n - 10);
      return plus.flatten(minus, numbers);
    },
    [11, 12, -9, -8, 1, 2],
  ),
  row(
    "flatten-same-twice",
    (p) => {
      const numbers = p.create([1, 2]);
      return numbers.flatten(numbers, numbers);
    },
    [1, 1, 1, 2, 2, 2],
  ),
  row(
    "flatten-after-group-by-key",
    (p) => {
      const pairs = p.create<[string, number]>([
        ["a", 1],
        ["a", 2],
      ]);
      const sizes = pairs.groupByKey().map(([, values]) => [...values].length);
      return sizes.flatten(pairs.values()).combineGlobally({
        create: () => 0,
        add: (total: number, n: number) => total + n,
        merge: (a: number, b: number) => a + b,
        extract: (total: number) => total,
      });
    },
    [5],
  ),
  row(
    "flatten-then-group",
    (p) =>
      p
        .create<[string, number]>("One", [["k", 1]])
        .flatten(p.create<[string, number]>("Two", [["k", 2]]))
        .groupByKey()
        .map(([key, values]) => [key, [...values].sort()]),
    [["k", [1, 2]]],
  ),
  row("flatten-of-nothing", (p) => p.flatten<string>([]), []),
  row("flatten-of-nothing-combined", (p) => p.flatten<number>([]).sum(), [0]),
  row("flatten-with-empty", (p) => p.create([1]).flatten(p.create<number>("None", [])), [1]),
  row(
    "flatten-of-flattens",
    (p) => {
      const one = p.create("One", [1]);
      const two = p.create("Two", [2]);
      return one.flatten("A", two).flatten("B", two.flatten("C", one));
    },
    [1, 2, 2, 1],
  ),
  row("composite-nested", (p) => p.create([1, 2]).apply(quadruple), [4, 8]),
  row(
    "composite-twice",
    (p) => p.create([1]).apply("First", quadruple).apply("Second", quadruple),
    [16],
  ),
  row(
    "composite-source",
    (p) => p.apply("Source", (pipeline) => pipeline.create([1, 2]).map((n) => -n)),
    [-1, -2],
  ),
  row("reshuffle", (p) => p.create(["a", "b", "a"]).reshuffle().reshuffle(), ["a", "b", "a"]),
  row("reshuffle-of-nothing", (p) => p.create<string>([]).reshuffle(), []),
  row(
    "consumers-of-consumers",
    (p) => {
      const numbers = p.create([1, 2, 3, 4]);
      const even = numbers.filter("Even", (n) => n % 2 === 0);
      const odd = numbers.filter("Odd", (n) => n % 2 === 1);
      const counts = even.count("EvenCount").flatten("Counts", odd.count("OddCount"));
      const sums = even.sum("EvenSum").flatten("Sums", odd.sum("OddSum"));
      return counts.flatten(
        sums,
        even,
        odd.map("Negative", (n) => -n),
      );
    },
    [2, 2, 6, 4, 2, 4, -1, -3],
  ),
  row(
    "unused-branches",
    (p) => {
      const numbers = p.create([1]);
      numbers.map("Unused", String).countPerElement();
      return numbers;
    },
    [1],
  ),
  row(
    "coders-standard",
    (p) =>
      p
        .create<[string, number]>(
          [
            ["a", 1],
            ["b", 2 ** 40],
            ["a", -3],
          ],
          { coder: kv(stringUtf8, varint) },
        )
        .groupByKey()
        .map(([key, values]) => [key, [...values].sort()]),
    [
      ["a", [-3, 1]],
      ["b", [2 ** 40]],
    ],
  ),
  row(
    "coders-own",
    (p) => {
      const points = p
        .create([1, 2, 2])
        .map("Point", (x) => new Point(x))
        .withCoder(pointCoder);
      const distinct = points.distinct().map("Each", (point) => point.text);
      const shuffled = points
        .flatten("Twice", points)
        .reshuffle()
        .filter((point) => point.x > 1)
        .map("Text", (point) => point.text);
      return distinct.flatten(shuffled);
    },
    ["point 1", "point 2", "point 2", "point 2", "point 2", "point 2"],
  ),
];
