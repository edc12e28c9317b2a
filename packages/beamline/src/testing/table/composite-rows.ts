import { approximateQuantiles } from "../../combiners/approximate-quantiles.js";
import { approximateUnique } from "../../combiners/approximate-unique.js";
import { toList } from "../../combiners/to-list.js";
import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import type { Failure } from "../../pipeline/failures.js";
import { groupIntoBatches } from "../../transforms/group-into-batches.js";
import { type Row, row } from "./row.js";

function shown({ element, transform, error }: Failure<unknown>): string {
  return `${JSON.stringify(element)}: ${error.name}: ${error.message} in ${transform.split("/").at(-1)}`;
}

function parse(text: string): number {
  const n = Number(text);
  if (Number.isNaN(n)) throw new RangeError(`no number: ${text}`);
  return n;
}

/** Emits before it fails, and by every way there is. */
class Careless extends DoFn<string, number, { texts: string }> {
  override *process(text: string, ctx: ProcessContext<number, { texts: string }>) {
    ctx.outputTo("texts", text);
    ctx.output(text.length);
    yield parse(text);
  }
}

class CarelessLater extends DoFn<string, number> {
  override async process(text: string, ctx: ProcessContext<number>): Promise<number[]> {
    ctx.output(text.length);
    await Promise.resolve();
    return [parse(text)];
  }
}

/** Transforms that are made of others. */
export const COMPOSITE_ROWS: readonly Row[] = [
  row(
    "failures-of-map",
    (p) => {
      const { out, failures } = p
        .create(["1", "x", "3"])
        .map("Parse", (text) => parse(text), { onError: "collect" });
      return out.map(String).flatten(failures.map("Show", shown));
    },
    ["1", "3", '"x": RangeError: no number: x in Parse'],
  ),
  row(
    "failures-of-flat-map",
    (p) => {
      const { out, failures } = p.create(["1 2", "3 x"]).flatMap(
        "Split",
        function* (line) {
          for (const word of line.split(" ")) yield parse(word);
        },
        { onError: "collect" },
      );
      // The 3 has not got out: what a failed call has made is dropped.
      return out.map(String).flatten(failures.map("Show", shown));
    },
    ["1", "2", '"3 x": RangeError: no number: x in Split'],
  ),
  row(
    "failures-of-filter",
    (p) => {
      const { out, failures } = p
        .create(["0", "1", "x"])
        .filter("Positive", (text) => parse(text) > 0, { onError: "collect" });
      return out.flatten(failures.map("Show", shown));
    },
    ["1", '"x": RangeError: no number: x in Positive'],
  ),
  row(
    "failures-with-side-input",
    (p) => {
      const base = p.create("Base", [2]).asSingleton();
      const { out, failures } = p.create([1, 2]).map(
        "Subtract",
        (n, { side }) => {
          if (n === side.base) throw new Error("the same");
          return n - side.base;
        },
        { onError: "collect", side: { base } },
      );
      return out.map(String).flatten(failures.map("Show", shown));
    },
    ["-1", "2: Error: the same in Subtract"],
  ),
  row(
    "failures-of-a-do-fn",
    (p) => {
      const { out, texts, failures } = p
        .create(["10", "x"])
        .parDo("Careless", () => new Careless(), { tags: ["texts"], onError: "collect" });
      return out.map(String).flatten(texts, failures.map("Show", shown));
    },
    ["2", "10", "10", '"x": RangeError: no number: x in Careless'],
  ),
  row(
    "failures-of-an-async-do-fn",
    (p) => {
      const { out, failures } = p
        .create(["10", "x", "y"])
        .parDo("Later", () => new CarelessLater(), { onError: "collect" });
      return out.map(String).flatten(failures.map("Show", shown));
    },
    ["2", "10", '"x": RangeError: no number: x in Later', '"y": RangeError: no number: y in Later'],
  ),
  row(
    "failures-of-async-calls",
    (p) => {
      const base = p.create("Base", [2]).asSingleton();
      const call = async (text: string, by: number) => parse(text) * by;
      const { out, failures } = p
        .create(["10", "x"])
        .mapAsync("Ask", (text, { side }) => call(text, side.base), {
          onError: "collect",
          side: { base },
          retry: { attempts: 2, delay: 1 },
        });
      return out.map(String).flatten(failures.map("Show", shown));
    },
    ["20", '"x": RangeError: no number: x in Ask'],
  ),
  row(
    "wait-on",
    (p) => {
      const signal = p.create("Signal", [1, 2]);
      return p.create(["a", "b"]).waitOn(signal, p.create("Other", ["x"]));
    },
    ["a", "b"],
  ),
  row(
    "tee",
    (p) => {
      const numbers = p.create([1, 2]);
      return numbers
        .tee("Side", (branch) => branch.map((n) => n * 10))
        .tee((branch) => branch.count())
        .map((n) => n + 1);
    },
    [2, 3],
  ),
  row("latest", (p) => p.create(["only"]).latest(), ["only"]),
  row("latest-of-nothing", (p) => p.create<string>("None", []).latest(), [undefined]),
  row("latest-per-key", (p) => p.create<[string, number]>([["a", 1]]).latestPerKey(), [["a", 1]]),
  row(
    "to-list",
    (p) =>
      p
        .create([3, 1, 2])
        .combineGlobally(toList())
        .map((list) => list.sort()),
    [[1, 2, 3]],
  ),
  row(
    "approximate-unique-of-few",
    (p) => p.create(["a", "b", "a", "c"]).combineGlobally(approximateUnique()),
    [3],
  ),
  row(
    "approximate-unique-of-many",
    (p) =>
      p
        .create(
          "Starts",
          Array.from({ length: 20 }, (_, i) => i * 1000),
        )
        .flatMap("Numbers", (from) => Array.from({ length: 1000 }, (_, i) => from + i))
        .combineGlobally(approximateUnique({ error: 0.02 }))
        .map("Within 6 %", (n) => Math.abs(n - 20_000) < 1200),
    [true],
  ),
  row(
    "approximate-quantiles",
    (p) =>
      p.create(Array.from({ length: 101 }, (_, i) => i)).combineGlobally(approximateQuantiles(5)),
    [[0, 25, 50, 75, 100]],
  ),
  row(
    "group-into-batches",
    (p) =>
      p
        .create("Numbers", [1, 2, 3, 4, 5, 6, 7])
        .keyBy((n) => (n < 7 ? "many" : "one"))
        .apply(groupIntoBatches({ count: 4 }))
        .map("Sizes", ([key, batch]) => [key, batch.length])
        .countPerElement(),
    [
      [["many", 4], 1],
      [["many", 2], 1],
      [["one", 1], 1],
    ],
  ),
];
