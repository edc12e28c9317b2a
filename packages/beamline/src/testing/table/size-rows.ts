import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import { type Row, row } from "./row.js";

const MANY = 100_000;
const LARGE = 20 * 1024 * 1024;

class EmitMany extends DoFn<number, number> {
  override process(count: number, ctx: ProcessContext<number>): void {
    for (let i = 0; i < count; i++) ctx.output(i);
  }
}

/** Much of something. */
export const SIZE_ROWS: readonly Row[] = [
  row(
    "many-outputs-of-one-element",
    (p) => {
      const count = p.create([MANY]);
      return count
        .flatMap("Array", (n) => [...Array(n).keys()])
        .flatten(
          count.flatMap("Iterator", (n) => Array(n).keys()),
          count.parDo("DoFn", () => new EmitMany()),
        )
        .countPerElement()
        .filter("NotThree", ([, occurrences]) => occurrences !== 3)
        .count("Odd")
        .flatten("Both", count.flatMap("Again", (n) => Array(n).keys()).sum());
    },
    [0, (MANY * (MANY - 1)) / 2],
  ),
  row(
    "many-values-of-one-key",
    (p) =>
      p
        .create([MANY])
        .flatMap((n) => Array(n).keys())
        .keyBy(() => "all")
        .groupByKey()
        .map(([key, values]) => {
          let sum = 0;
          for (const value of values) sum += value;
          return [key, sum];
        }),
    [["all", (MANY * (MANY - 1)) / 2]],
  ),
  row(
    "many-keys",
    (p) =>
      p
        .create([20_000])
        .flatMap((n) => Array(n * 2).keys())
        .map((n): [string, number] => [`key ${n % 20_000}`, 1])
        .groupByKey()
        .filter(([, values]) => [...values].length === 2)
        .count(),
    [20_000],
  ),
  row(
    "large-element",
    (p) =>
      p
        .create([LARGE])
        .map("Text", (length) => "é".repeat(length / 2))
        .reshuffle()
        .map("Length", (text) => [text.length, text.charCodeAt(text.length - 1)]),
    [[LARGE / 2, 0xe9]],
  ),
  row(
    "large-value",
    (p) =>
      p
        .create([LARGE])
        .map("Pair", (length): [string, Uint8Array] => ["k", new Uint8Array(length).fill(7)])
        .groupByKey()
        .flatMap(([key, values]) =>
          Array.from(values, (value) => [key, value.length, value.at(-1)]),
        ),
    [["k", LARGE, 7]],
  ),
  row(
    "large-key",
    (p) =>
      p
        .create([200_000, 200_000, 200_001])
        .map("Key", (length) => "k".repeat(length))
        .countPerElement()
        .map("Length", ([key, occurrences]) => [key.length, occurrences]),
    [
      [200_000, 2],
      [200_001, 1],
    ],
  ),
];
