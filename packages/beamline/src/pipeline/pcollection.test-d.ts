import { z } from "zod";
import { kv } from "../coders/kv.js";
import { stringUtf8 } from "../coders/string-utf8.js";
import { varint } from "../coders/varint.js";
import { count } from "../combiners/count.js";
import { max } from "../combiners/max.js";
import { sum } from "../combiners/sum.js";
import { combineFn } from "../fn/combine-fn.js";
import type { ProcessContext } from "../fn/context.js";
import { DoFn } from "../fn/do-fn.js";
import { definePipeline } from "./define-pipeline.js";
import type { PCollection } from "./pcollection.js";
import type { Pipeline } from "./pipeline.js";
import { composite, type PTransform } from "./ptransform.js";

declare const p: Pipeline;
declare const words: PCollection<string>;
declare const numbers: PCollection<number>;
declare const pairs: PCollection<[string, number]>;

/** Compiles only when both types are the same. */
function same<A>() {
  return <B>(
    _value: (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2
      ? PCollection<B>
      : never,
  ): void => {};
}

// --- inference ------------------------------------------------------------------------------

same<string>()(words);
// @error: is not assignable to parameter of type 'never'
same<string>()(numbers);

same<number>()(words.map((word) => word.length));
same<number>()(words.map("Length", (word) => word.length));
same<[string, number]>()(words.map((word) => [word, 1]));
same<[string, number, boolean]>()(words.map((word) => [word, 1, true]));
same<{ word: string; n: number }>()(words.map((word) => ({ word, n: 1 })));
same<string | undefined>()(words.map((word) => word.split(",")[0]));
same<null>()(words.map(() => null));
same<unknown>()(words.map((word): unknown => JSON.parse(word)));
same<number>()(words.map(Number));

same<string>()(words.flatMap((word) => word.split("")));
same<string>()(words.flatMap("Split", (word) => word.match(/\w+/g) ?? []));
same<[string, number]>()(words.flatMap((word) => [[word, 1]]));
same<[string, number]>()(words.flatMap((word) => new Map([[word, 1]])));
// @error: flatMap() must not return a string: return [value], or use map()
words.flatMap((word) => word.trim());
same<number>()(
  words.flatMap(function* (word) {
    yield word.length;
  }),
);

same<string>()(words.filter((word) => word !== ""));
same<string>()(words.filter((word) => word.length));
declare const shapes: PCollection<{ kind: "dot" } | { kind: "box"; side: number }>;
same<{ kind: "box"; side: number }>()(shapes.filter((shape) => shape.kind === "box"));
same<string>()(words.map((word) => word.split(",")[0]).filter((first) => first !== undefined));

same<number>()(words.mapAsync(async (word) => word.length));
same<[string, number]>()(words.mapAsync(async (word): Promise<[string, number]> => [word, 1]));
same<number>()(words.mapAsync("Ask", async (word) => word.length, { concurrency: 4 }));

same<[number, string]>()(words.keyBy((word) => word.length));
same<[[string, number], string]>()(words.keyBy((word) => [word, 1]));
same<[string, Iterable<number>]>()(pairs.groupByKey());
same<[string, Iterable<number>]>()(words.map((word) => [word, 1]).groupByKey("Group"));
same<[string, number]>()(pairs.combinePerKey(sum()));
same<[string, number]>()(pairs.combinePerKey("Sum", sum()));
same<[string, number | undefined]>()(pairs.combinePerKey(max()));
same<[string, number]>()(words.countPerElement());
same<[string, number]>()(pairs.countPerKey());
same<string>()(pairs.keys());
same<number>()(pairs.values());
same<[number, string]>()(pairs.swap());
same<[string, string]>()(pairs.mapValues((n, key) => `${key}${n}`));
same<[string, [number, string]]>()(pairs.mapValues((n, key) => [n, key]));

same<number>()(words.count());
same<number>()(numbers.sum());
same<number>()(numbers.mean());
same<number | undefined>()(numbers.max());
same<string | undefined>()(words.min((a, b) => a.length - b.length));
same<string[]>()(words.top(3));
same<string[]>()(words.top("Longest", 3, (a, b) => a.length - b.length));
same<string[]>()(words.sample(3));
same<string>()(words.distinct());
same<number>()(words.combineGlobally(count()));
same<Set<string>>()(
  words.combineGlobally(
    combineFn({
      create: () => new Set<string>(),
      add: (set, word: string) => set.add(word),
      merge: (a, b) => new Set([...a, ...b]),
      extract: (set) => set,
    }),
  ),
);

same<string | number>()(words.flatten(numbers));
same<string>()(words.flatten("Both", words));
same<string>()(p.flatten([words, words]));
for (const part of words.partition(2, (word) => word.length % 2)) same<string>()(part);

// --- create ---------------------------------------------------------------------------------

same<string>()(p.create(["a", "b"]));
same<number>()(p.create("Numbers", [1, 2]));
same<[string, number]>()(
  p.create([
    ["a", 1],
    ["b", 2],
  ]),
);
same<string | number>()(p.create(["a", 1]));
same<{ id: number }>()(p.create([{ id: 1 }]));
same<string>()(p.create<string>([]));
same<[string, number]>()(p.create([["a", 1]], { coder: kv(stringUtf8, varint) }));
p.create([["a", 1]]).groupByKey();
// @error: No overload matches this call
p.create(["a"], { coder: varint });

// --- errors that read as sentences -----------------------------------------------------------

// @error: groupByKey() needs [K, V] elements: call keyBy() first
words.groupByKey();
// @error: combinePerKey() needs [K, V] elements: call keyBy() first
numbers.combinePerKey(sum());
// @error: countPerKey() needs [K, V] elements: call keyBy() first
words.countPerKey();
// @error: keys() needs [K, V] elements: call keyBy() first
words.keys();
// @error: values() needs [K, V] elements: call keyBy() first
words.values();
// @error: swap() needs [K, V] elements: call keyBy() first
words.swap();
// @error: mapValues() needs [K, V] elements: call keyBy() first
words.mapValues(() => 1);
// @error: groupByKey() needs [K, V] elements: call keyBy() first
words.map((word) => [word, 1, true]).groupByKey();

// @error: map() takes a synchronous function: use mapAsync() for an async one
words.map(async (word) => word.length);
// @error: map() takes a synchronous function: use mapAsync() for an async one
words.map("Length", async (word) => word.length);
// @error: filter() takes a synchronous predicate: use mapAsync() and then filter()
words.filter(async (word) => word !== "");
// @error: mapValues() takes a synchronous function: use mapAsync()
pairs.mapValues(async (n) => n);
// @error: is not assignable to type 'PromiseLike<
words.mapAsync((word) => word.length);

// @error: sum() needs numbers: call map() first
words.sum();
// @error: mean() needs numbers: call map() first
words.mean();
// @error: sum() needs numbers: call map() first
words.flatten(numbers).sum();
// @error: 'CombineFn<number, number, number>' is not assignable to parameter of type 'CombineFn<string,
words.keyBy((word) => word.length).combinePerKey(sum());
// @error: 'CombineFn<number, number, number>' is not assignable to parameter of type 'CombineFn<string,
words.combineGlobally(sum());

// --- parDo -----------------------------------------------------------------------------------

class Parse extends DoFn<string, number, { malformed: string; empty: null }> {
  override process(
    text: string,
    ctx: ProcessContext<number, { malformed: string; empty: null }>,
  ): void {
    ctx.output(1);
    ctx.outputTo("malformed", text);
    ctx.outputTo("empty", null);
    // @error: is not assignable to parameter of type 'number'
    ctx.output("1");
    // @error: is not assignable to parameter of type 'null'
    ctx.outputTo("empty", text);
    // @error: '"other"' is not assignable to parameter of type '"empty" | "malformed"'
    ctx.outputTo("other", text);
  }
}

same<number>()(words.parDo(() => new Parse()));
const parsed = words.parDo("Parse", () => new Parse(), ["malformed"]);
same<number>()(parsed.out);
same<string>()(parsed.malformed);
// @error: Property 'empty' does not exist
parsed.empty;
// @error: '"other"' is not assignable to type '"empty" | "malformed"'
words.parDo(() => new Parse(), ["other"]);
// @error: Type 'number' is not assignable to type 'string'
numbers.parDo(() => new Parse());
// @error: is not assignable to parameter of type
words.parDo(Parse);

// --- apply -----------------------------------------------------------------------------------

const countWords = composite("CountWords", (lines: PCollection<string>) =>
  lines.flatMap((line) => line.split(" ")).countPerElement(),
);
same<[string, number]>()(words.apply(countWords));
same<[string, number]>()(words.apply("Named", countWords));
same<number>()(words.apply((each) => each.map((word) => word.length)));
same<string>()(p.apply((pipeline) => pipeline.create(["a"])));
declare const write: PTransform<PCollection<string>, undefined>;
words.apply(write) satisfies undefined;
const { short, long } = words.apply((each) => ({
  short: each.filter((word) => word.length < 5),
  long: each.map((word) => word.length),
}));
same<string>()(short);
same<number>()(long);
// @error: 'number' is not assignable to type 'string'
numbers.apply(countWords);
// @error: is not assignable to parameter of type
p.apply(countWords);

// --- variance --------------------------------------------------------------------------------

interface Animal {
  readonly name: string;
}
interface Dog extends Animal {
  bark(): string;
}
declare const dogs: PCollection<Dog>;
declare const animals: PCollection<Animal>;
dogs satisfies PCollection<Animal>;
animals.flatten(dogs) satisfies PCollection<Animal>;
dogs.apply((each: PCollection<Animal>) => each.map((animal) => animal.name));
pairs satisfies PCollection<readonly [unknown, unknown]>;
// @error: does not satisfy the expected type 'PCollection<Dog>'
animals satisfies PCollection<Dog>;

// --- options ---------------------------------------------------------------------------------

const definition = definePipeline({
  name: "sized",
  options: z.object({ size: z.coerce.number<string>().default(3), unit: z.enum(["m", "ft"]) }),
  build(pipeline, { size, unit }) {
    size satisfies number;
    unit satisfies "m" | "ft";
    pipeline.create([size]);
    // @error: does not satisfy the expected type 'string'
    size satisfies string;
  },
});
definition.toGraph({ unit: "m" });
definition.toGraph({ size: "3", unit: "ft" });
// @error: '"inch"' is not assignable to type '"ft" | "m"'
definition.toGraph({ unit: "inch" });
// @error: Property 'unit' is missing
definition.toGraph({ size: "3" });

definePipeline({
  name: "plain",
  build(pipeline) {
    pipeline.impulse().map((bytes) => bytes.byteLength);
  },
}).toGraph();
