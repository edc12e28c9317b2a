import type { Coder } from "../coders/coder.js";
import { js } from "../coders/js.js";
import { kv } from "../coders/kv.js";
import type { Compare } from "../combiners/compare.js";
import { count } from "../combiners/count.js";
import { latestOf } from "../combiners/latest.js";
import { max } from "../combiners/max.js";
import { mean } from "../combiners/mean.js";
import { min } from "../combiners/min.js";
import { type SampleOptions, sample } from "../combiners/sample.js";
import { sum } from "../combiners/sum.js";
import { top } from "../combiners/top.js";
import type { AsyncOptions } from "../fn/async-options.js";
import type { CombineFn } from "../fn/combine-fn.js";
import type { ElementContext, NoSideInputs, TagTypes } from "../fn/context.js";
import type { DoFnMethods } from "../fn/do-fn.js";
import type { SideMap, SideMultimap } from "../fn/side-views.js";
import type { SplittableDoFn } from "../fn/splittable-do-fn.js";
import type { UserFn } from "../fn/user-fn.js";
import type { GraphBuilder, Label, PrimitiveDraft } from "../graph/graph-builder.js";
import { MAIN_OUTPUT, type PCollectionId } from "../graph/nodes.js";
import { BeamlineError, internalError } from "../model/errors.js";
import type { Timestamp } from "../model/time.js";
import {
  type AggregatedOf,
  type Aggregates,
  type AggregatesFor,
  aggregateFn,
} from "../schema/aggregate.js";
import { type FieldPath, requirePaths, type Selected } from "../schema/fields.js";
import type { Schema } from "../schema/schema.js";
import type { WindowFn } from "../windowing/window-fn.js";
import { asyncFnOf } from "./async-fn-of.js";
import {
  collectingDoFn,
  collectingFn,
  FAILURES,
  type Failure,
  type Settled,
  settling,
  sortingFn,
} from "./failures.js";
import type { Checked, FunctionOptions, SideIn, SideOption } from "./function-options.js";
import { handleIdsOf, PCollectionHandle, requireOwn } from "./handle.js";
import { combineWithFanout, type HotKeyFanout } from "./hot-key-fanout.js";
import { FULL_JOIN, INNER_JOIN, type JoinKind, joinPairs, LEFT_JOIN, RIGHT_JOIN } from "./join.js";
import { splitFunction, splitLabel } from "./labels.js";
import { type LogOptions, logging } from "./log-elements.js";
import { type Applicable, applyTransform } from "./ptransform.js";
import { groupedRow, joinRows, keyByFields, selectedCoder, selecting, untyped } from "./rows.js";
import { sideInputsIn } from "./side-inputs.js";
import {
  type InWindow,
  reifyTimestamp,
  reifyWindow,
  type Timestamped,
  type TimestampOptions,
  WithTimestamps,
} from "./timestamps.js";
import type { IfKeyed, Inferred, KeyOf, NotText, Synchronous, ValueOf } from "./type-sentences.js";
import { userFnOf } from "./user-fn-of.js";
import { PCollectionView, type SingletonOptions } from "./views.js";
import {
  isNeverWindowed,
  parametersOf,
  type WindowOptions,
  windowingOf,
} from "./window-options.js";

// A long file, since the verbs have to be methods of one class: they are what people read in their
// editor. Each is its signatures and a few lines; what they are made of is in graph/ and combiners/.

type Keyed<T, Verb extends string> = IfKeyed<
  T,
  PCollection<T>,
  `${Verb}() needs [K, V] elements: call keyBy() first`
>;

type MapFn<T, U, Side = NoSideInputs> = (
  element: T,
  ctx: ElementContext<Side>,
) => U & Synchronous<U, "map() takes a synchronous function: use mapAsync() for an async one">;

type FlatMapFn<T, U, Side = NoSideInputs> = (
  element: T,
  ctx: ElementContext<Side>,
) => Iterable<U> & NotText<"flatMap() must not return a string: return [value], or use map()">;

type Predicate<T, R, Side = NoSideInputs> = (
  element: T,
  ctx: ElementContext<Side>,
) => R & Synchronous<R, "filter() takes a synchronous predicate: use mapAsync() and then filter()">;

/**
 * Makes the DoFn that `parDo` runs: called once per worker and again after a failed bundle, and
 * once while the pipeline is built, to see what it makes.
 */
export type DoFnFactory<In, Out, Tags extends TagTypes, Side = NoSideInputs> = () =>
  | DoFnMethods<In, Out, Tags, Side>
  | SplittableDoFn<In, unknown, unknown, Out, Tags, Side>;

/** The outputs of a `parDo` with extra outputs: `out` is the main one. */
export type TaggedOutputs<Out, Tags extends TagTypes, Names extends keyof Tags & string> = {
  readonly out: PCollection<Out>;
} & { readonly [Name in Names]: PCollection<Tags[Name]> };

/** Rows that {@link PCollection.groupBy} has grouped by fields. */
export interface GroupedRows<T, Path extends string> {
  /** A row for each group: the fields it was grouped by, and the results by name. */
  aggregate<A extends Aggregates>(
    aggregates: A & AggregatesFor<T, A>,
    name?: string,
  ): PCollection<Flat<Selected<T, Path> & AggregatedOf<A>>>;
}

/** An intersection as one object type, which reads better. */
type Flat<T> = { [Name in keyof T]: T[Name] };

/** No constraint where only `Field` stands on both sides; otherwise a sentence. */
type NoOverlap<L, R, Field> = [Exclude<keyof L & keyof R, Field>] extends [never]
  ? unknown
  : "joinOn(): both sides have other fields of the same name: select() or rename them first";

/** What a transform that collects failures gives. */
export interface WithFailures<T, U> {
  readonly out: PCollection<U>;
  /** Elements for which the function threw, with the errors. */
  readonly failures: PCollection<Failure<T>>;
}

/** What a function makes, by its options. */
type Made<T, U, O> = O extends { readonly onError: "collect" }
  ? WithFailures<T, U>
  : PCollection<U>;

export interface CombinePerKeyOptions<K> {
  /**
   * Combines each key's values in so many places before they come together, or in as many as the
   * function says: for keys with more values than one worker can take in. Default: in one round.
   */
  readonly hotKeyFanout?: HotKeyFanout<K>;
}

/** What `parDo` takes besides the DoFn. */
export interface ParDoOptions<Tags extends TagTypes> extends FunctionOptions {
  /** Extra outputs. */
  readonly tags?: readonly (keyof Tags & string)[];
}

type ParDoResult<T, Out, Tags extends TagTypes, O> = O extends {
  readonly tags: readonly (infer Names extends keyof Tags & string)[];
}
  ? TaggedOutputs<Out, Tags, Names> &
      (O extends { readonly onError: "collect" } ? WithFailures<T, Out> : unknown)
  : Made<T, Out, O>;

/**
 * A distributed, immutable bag of elements of one type: the value between two transforms.
 *
 * Every verb takes an optional name first (`lines.map("Parse", parse)`); names are unique within
 * their composite. Elements have no order.
 */
export class PCollection<out T> extends PCollectionHandle {
  /** The element type, for the type system only. */
  declare readonly element: T;

  /** @internal */
  static of<T>(
    builder: GraphBuilder,
    outputs: Readonly<Record<string, PCollectionId>>,
    tag: string,
  ): PCollection<T> {
    const id = outputs[tag];
    if (id === undefined) throw internalError(`No output "${tag}" in ${Object.keys(outputs)}`);
    return new PCollection<T>(builder, id);
  }

  // --- element by element -------------------------------------------------------------------

  /** Turns each element into exactly one. */
  map<U extends Inferred>(fn: MapFn<T, U>): PCollection<U>;
  map<U extends Inferred, O extends FunctionOptions>(
    fn: MapFn<T, U, SideIn<O>>,
    options: O & Checked<O>,
  ): Made<T, U, O>;
  map<U extends Inferred>(name: string, fn: MapFn<T, U>): PCollection<U>;
  map<U extends Inferred, O extends FunctionOptions>(
    name: string,
    fn: MapFn<T, U, SideIn<O>>,
    options: O & Checked<O>,
  ): Made<T, U, O>;
  map(...args: readonly unknown[]): unknown {
    const { label, fn, rest } = splitFunction<MapFn<T, unknown>>("map", args);
    return this.addFunction(label, { kind: "map", fn }, rest[0]);
  }

  /** Turns each element into any number of them: the items of what `fn` returns. */
  flatMap<U extends Inferred>(fn: FlatMapFn<T, U>): PCollection<U>;
  flatMap<U extends Inferred, O extends FunctionOptions>(
    fn: FlatMapFn<T, U, SideIn<O>>,
    options: O & Checked<O>,
  ): Made<T, U, O>;
  flatMap<U extends Inferred>(name: string, fn: FlatMapFn<T, U>): PCollection<U>;
  flatMap<U extends Inferred, O extends FunctionOptions>(
    name: string,
    fn: FlatMapFn<T, U, SideIn<O>>,
    options: O & Checked<O>,
  ): Made<T, U, O>;
  flatMap(...args: readonly unknown[]): unknown {
    const { label, fn, rest } = splitFunction<FlatMapFn<T, unknown>>("flatMap", args);
    return this.addFunction(label, { kind: "flatMap", fn }, rest[0]);
  }

  /** Keeps the elements for which `predicate` holds; a type guard narrows the element type. */
  filter<U extends T>(predicate: (element: T, ctx: ElementContext) => element is U): PCollection<U>;
  filter<U extends T>(
    name: string,
    predicate: (element: T, ctx: ElementContext) => element is U,
  ): PCollection<U>;
  filter<R>(predicate: Predicate<T, R>): PCollection<T>;
  filter<R, O extends FunctionOptions>(
    predicate: Predicate<T, R, SideIn<O>>,
    options: O & Checked<O>,
  ): Made<T, T, O>;
  filter<R>(name: string, predicate: Predicate<T, R>): PCollection<T>;
  filter<R, O extends FunctionOptions>(
    name: string,
    predicate: Predicate<T, R, SideIn<O>>,
    options: O & Checked<O>,
  ): Made<T, T, O>;
  filter(...args: readonly unknown[]): unknown {
    const { label, fn, rest } = splitFunction<Predicate<T, unknown>>("filter", args);
    return this.addFunction<T>(label, { kind: "filter", fn }, rest[0]);
  }

  /**
   * Turns each element into one by an asynchronous function, many at a time. Every promise is
   * settled before its bundle commits; a rejection fails the bundle.
   */
  mapAsync<U extends Inferred>(
    fn: (element: T, ctx: ElementContext) => PromiseLike<U>,
    options?: AsyncOptions & { readonly side?: never; readonly onError?: "fail" },
  ): PCollection<U>;
  mapAsync<U extends Inferred, O extends AsyncOptions & FunctionOptions>(
    fn: (element: T, ctx: ElementContext<SideIn<O>>) => PromiseLike<U>,
    options: O & Checked<O>,
  ): Made<T, U, O>;
  mapAsync<U extends Inferred>(
    name: string,
    fn: (element: T, ctx: ElementContext) => PromiseLike<U>,
    options?: AsyncOptions & { readonly side?: never; readonly onError?: "fail" },
  ): PCollection<U>;
  mapAsync<U extends Inferred, O extends AsyncOptions & FunctionOptions>(
    name: string,
    fn: (element: T, ctx: ElementContext<SideIn<O>>) => PromiseLike<U>,
    options: O & Checked<O>,
  ): Made<T, U, O>;
  mapAsync(...args: readonly unknown[]): unknown {
    type Fn = (element: T, ctx: ElementContext) => PromiseLike<unknown>;
    const { label, fn, rest } = splitFunction<Fn>("mapAsync", args);
    const [options] = rest;
    const made = asyncFnOf(label, fn, (options as AsyncOptions | undefined) ?? {});
    const { concurrency, ordered } = made;
    const parameters = { concurrency, ordered };
    if (!collects(options)) return this.add(label, made, parameters, options);
    return this.composite(label, () => {
      const call = { ...made, fn: settling(made.fn) };
      const settled = this.add<Settled>(named("Call"), call, parameters, options);
      const place = { transform: label.name };
      const outputs = settled.addParDo(named("Sort"), sortingFn(place), undefined, [FAILURES]);
      place.transform = settled.id.slice(0, settled.id.lastIndexOf("/"));
      return Object.freeze({
        out: PCollection.of(this.builder, outputs, MAIN_OUTPUT),
        failures: PCollection.of<Failure<T>>(this.builder, outputs, FAILURES),
      });
    });
  }

  /** Runs a {@link DoFn}: life cycle, several outputs per element, extra outputs by tag. */
  parDo<Out, Tags extends TagTypes>(make: DoFnFactory<T, Out, Tags>): PCollection<Out>;
  parDo<Out, Tags extends TagTypes>(
    name: string,
    make: DoFnFactory<T, Out, Tags>,
  ): PCollection<Out>;
  parDo<Out, Tags extends TagTypes, O extends ParDoOptions<Tags>>(
    make: DoFnFactory<T, Out, Tags, SideIn<O>>,
    options: O & Checked<O>,
  ): ParDoResult<T, Out, Tags, O>;
  parDo<Out, Tags extends TagTypes, O extends ParDoOptions<Tags>>(
    name: string,
    make: DoFnFactory<T, Out, Tags, SideIn<O>>,
    options: O & Checked<O>,
  ): ParDoResult<T, Out, Tags, O>;
  parDo<Out, Tags extends TagTypes, const Names extends keyof Tags & string>(
    make: DoFnFactory<T, Out, Tags>,
    tags: readonly Names[],
  ): TaggedOutputs<Out, Tags, Names>;
  parDo<Out, Tags extends TagTypes, const Names extends keyof Tags & string>(
    name: string,
    make: DoFnFactory<T, Out, Tags>,
    tags: readonly Names[],
  ): TaggedOutputs<Out, Tags, Names>;
  parDo(...args: readonly unknown[]): unknown {
    const { label, fn: make, rest } = splitFunction<() => unknown>("parDo", args);
    const isOptions = typeof rest[0] === "object" && !Array.isArray(rest[0]);
    const options = isOptions ? rest[0] : { tags: rest[0] };
    const given = tagsOf(label, (options as { readonly tags?: unknown } | undefined)?.tags);
    const place = { transform: label.name };
    const made = userFnOf(label, make);
    const fn = collects(options) ? collectingDoFn(made, label.name, place) : made;
    const tags = collects(options) ? [...(given ?? []), FAILURES] : given;
    const outputs = this.addParDo(label, fn, options, tags);
    place.transform = nameOf(outputs);
    if (tags === undefined) return PCollection.of(this.builder, outputs, MAIN_OUTPUT);
    const named = [MAIN_OUTPUT, ...tags].map((tag) => [
      tag,
      PCollection.of(this.builder, outputs, tag),
    ]);
    return Object.freeze(Object.fromEntries(named));
  }

  /** Splits into `count` collections: element `e` goes to number `fn(e)`. */
  partition(count: number, fn: (element: T, ctx: ElementContext) => number): PCollection<T>[];
  partition(
    name: string,
    count: number,
    fn: (element: T, ctx: ElementContext) => number,
  ): PCollection<T>[];
  partition(...args: readonly unknown[]): PCollection<T>[] {
    const { label, rest } = splitLabel("Partition", args);
    const [count, fn] = rest as [number, (element: T, ctx: ElementContext) => number];
    if (!Number.isInteger(count) || count < 1) {
      throw new BeamlineError(
        "BAD_PARTITION_COUNT",
        `Cannot partition in "${label.name}": the count is ${count}; give a whole number of 1 or more`,
      );
    }
    splitFunction("partition", [fn]);
    const tags = Array.from({ length: count }, (_, i) => String(i));
    const outputs = this.addPrimitive(
      label,
      { kind: "parDo", input: this.id, fn: { kind: "partition", fn, count }, tags },
      { count },
    );
    return tags.map((tag) => this.sameCoder(PCollection.of<T>(this.builder, outputs, tag)));
  }

  // --- keys ---------------------------------------------------------------------------------

  /** Pairs each element with a key, as `[key, element]`. */
  keyBy<K extends Inferred>(fn: MapFn<T, K>): PCollection<[K, T]>;
  keyBy<K extends Inferred, O extends SideOption>(
    fn: MapFn<T, K, SideIn<O>>,
    options: O & Checked<O>,
  ): PCollection<[K, T]>;
  keyBy<K extends Inferred>(name: string, fn: MapFn<T, K>): PCollection<[K, T]>;
  keyBy<K extends Inferred, O extends SideOption>(
    name: string,
    fn: MapFn<T, K, SideIn<O>>,
    options: O & Checked<O>,
  ): PCollection<[K, T]>;
  keyBy<K>(...args: readonly unknown[]): PCollection<[K, T]> {
    const { label, fn, rest } = splitFunction<(element: T, ctx: ElementContext) => K>(
      "keyBy",
      args,
    );
    // As many parameters as `fn` has: they tell whether it uses the context.
    const pair =
      fn.length < 2
        ? (element: T): [K, T] => [(fn as (element: T) => K)(element), element]
        : (element: T, ctx: ElementContext): [K, T] => [fn(element, ctx), element];
    const keyed = this.add<[K, T]>(label, { kind: "map", fn: pair }, undefined, rest[0]);
    return keyed.withCoder(kv(js, this.coder() ?? js) as unknown as Coder<[K, T]>);
  }

  /** The keys of `[K, V]` pairs, one per pair. */
  keys(this: Keyed<T, "keys">, name?: string): PCollection<KeyOf<T>> {
    return pairsOf(this).pick(name, "Keys", (pair) => pair[0]);
  }

  /** The values of `[K, V]` pairs. */
  values(this: Keyed<T, "values">, name?: string): PCollection<ValueOf<T>> {
    return pairsOf(this).pick(name, "Values", (pair) => pair[1]);
  }

  /** `[V, K]` for each `[K, V]`. */
  swap(this: Keyed<T, "swap">, name?: string): PCollection<[ValueOf<T>, KeyOf<T>]> {
    return pairsOf(this).pick(name, "Swap", (pair) => [pair[1], pair[0]]);
  }

  /** Turns the value of each pair and keeps its key. */
  mapValues<U extends Inferred>(
    this: Keyed<T, "mapValues">,
    fn: (
      value: ValueOf<T>,
      key: KeyOf<T>,
    ) => U & Synchronous<U, "mapValues() takes a synchronous function: use mapAsync()">,
  ): PCollection<[KeyOf<T>, U]>;
  mapValues<U extends Inferred>(
    this: Keyed<T, "mapValues">,
    name: string,
    fn: (
      value: ValueOf<T>,
      key: KeyOf<T>,
    ) => U & Synchronous<U, "mapValues() takes a synchronous function: use mapAsync()">,
  ): PCollection<[KeyOf<T>, U]>;
  mapValues<U>(...args: readonly unknown[]): PCollection<[KeyOf<T>, U]> {
    const { label, fn } = splitFunction<(value: unknown, key: unknown) => U>("mapValues", args);
    const apply = (pair: readonly [unknown, unknown]) => [pair[0], fn(pair[1], pair[0])];
    return pairsOf(this).add(label, { kind: "map", fn: apply });
  }

  // --- grouping and combining ---------------------------------------------------------------

  /**
   * Gathers the values of each key. The values can be iterated more than once; the order of keys
   * and of values is not defined. Keys are equal when their encodings are: objects by content,
   * whatever the order of their properties.
   */
  groupByKey(
    this: Keyed<T, "groupByKey">,
    name?: string,
  ): PCollection<[KeyOf<T>, Iterable<ValueOf<T>>]> {
    const self = pairsOf(this);
    const label = { name: name ?? "GroupByKey", given: name !== undefined };
    const outputs = self.addPrimitive(label, { kind: "groupByKey", input: self.id });
    return PCollection.of(self.builder, outputs, MAIN_OUTPUT);
  }

  /** Combines the values of each key; lifted, so that only accumulators travel. */
  combinePerKey<Acc, Out>(
    this: Keyed<T, "combinePerKey">,
    combine: CombineFn<ValueOf<T>, Acc, Out>,
    options?: CombinePerKeyOptions<KeyOf<T>>,
  ): PCollection<[KeyOf<T>, Out]>;
  combinePerKey<Acc, Out>(
    this: Keyed<T, "combinePerKey">,
    name: string,
    combine: CombineFn<ValueOf<T>, Acc, Out>,
    options?: CombinePerKeyOptions<KeyOf<T>>,
  ): PCollection<[KeyOf<T>, Out]>;
  combinePerKey<Out>(...args: readonly unknown[]): PCollection<[KeyOf<T>, Out]> {
    const { label, combine, options } = splitCombine("PerKey", args);
    const self = pairsOf(this);
    const { hotKeyFanout } = (options as CombinePerKeyOptions<never> | undefined) ?? {};
    if (hotKeyFanout === undefined) return self.combineKeyed(label, combine);
    const { builder, id } = self;
    return self.composite(label, () => {
      const out = combineWithFanout(builder, label.name, id, combine, hotKeyFanout);
      return PCollection.of(builder, { [MAIN_OUTPUT]: out }, MAIN_OUTPUT);
    });
  }

  /**
   * Combines all elements into one result; of no elements, too. In windows, or with a trigger, it
   * gives one for each window (and pane) that has elements, and nothing for those that have none.
   */
  combineGlobally<Acc, Out>(combine: CombineFn<T, Acc, Out>): PCollection<Out>;
  combineGlobally<Acc, Out>(name: string, combine: CombineFn<T, Acc, Out>): PCollection<Out>;
  combineGlobally<Out>(...args: readonly unknown[]): PCollection<Out> {
    const { label, combine } = splitCombine("Globally", args);
    return this.composite(label, () => {
      const keyed = this.add<[null, T]>(named("Key"), { kind: "map", fn: (e: T) => [null, e] });
      const lifted = keyed.combineStep<[null, unknown]>("precombine", combine);
      if (!isNeverWindowed(this.builder.flowAt(this.id).windowing)) {
        return lifted.combineRestGlobally<Out>(combine);
      }
      // An accumulator of nothing joins in, so that an empty input has a result as well.
      const impulse = PCollection.of<Uint8Array>(
        this.builder,
        this.builder.addPrimitive({ kind: "impulse" }, named("Empty")),
        MAIN_OUTPUT,
      );
      const empty = impulse.add<[null, unknown]>(named("EmptyAccumulator"), {
        kind: "map",
        fn: () => [null, combine.create()],
      });
      const coder = kv(js, combine.accumulatorCoder ?? js) as unknown as Coder<[null, unknown]>;
      const accumulators = lifted.flatten("WithEmpty", empty.withCoder(coder)).withCoder(coder);
      return accumulators.combineRestGlobally<Out>(combine);
    });
  }

  /** How often each distinct element occurs, as `[element, count]`. Elements are compared as keys. */
  countPerElement(name?: string): PCollection<[T, number]> {
    return this.composite(optional(name, "CountPerElement"), () => {
      const keyed = this.add<[T, null]>(named("Key"), {
        kind: "map",
        fn: (e: T) => [e, null],
        keysOf: { value: null },
      });
      keyed.withCoder(kv(this.coder() ?? js, js) as unknown as Coder<[T, null]>);
      return keyed.combineKeyed(named("Count"), count() as CombineFn<unknown, unknown, unknown>);
    });
  }

  /** How many pairs each key has, as `[key, count]`. */
  countPerKey(this: Keyed<T, "countPerKey">, name?: string): PCollection<[KeyOf<T>, number]> {
    return pairsOf(this).combineKeyed(
      optional(name, "CountPerKey"),
      count() as CombineFn<unknown, unknown, unknown>,
    );
  }

  /** The number of elements. */
  count(name?: string): PCollection<number> {
    return this.combineOptional(name, count());
  }

  /** The sum of numbers; 0 of none. */
  sum(this: Numbers<T, "sum">, name?: string): PCollection<number> {
    return numbersOf(this).combineOptional(name, sum());
  }

  /** The mean of numbers; NaN of none. */
  mean(this: Numbers<T, "mean">, name?: string): PCollection<number> {
    return numbersOf(this).combineOptional(name, mean());
  }

  /** The smallest element by `compare` (default: `<`); undefined of none. */
  min(name?: string | Compare<T>, compare?: Compare<T>): PCollection<T | undefined> {
    return typeof name === "function"
      ? this.combineGlobally(min(name))
      : this.combineOptional(name, min(compare));
  }

  /** The largest element by `compare` (default: `<`); undefined of none. */
  max(name?: string | Compare<T>, compare?: Compare<T>): PCollection<T | undefined> {
    return typeof name === "function"
      ? this.combineGlobally(max(name))
      : this.combineOptional(name, max(compare));
  }

  /** The `n` largest elements by `compare` (default: `<`), largest first, in one array. */
  top(n: number, compare?: Compare<T>): PCollection<T[]>;
  top(name: string, n: number, compare?: Compare<T>): PCollection<T[]>;
  top(...args: readonly unknown[]): PCollection<T[]> {
    const { label, rest } = splitLabel("Top", args);
    const [n, compare] = rest as [number, Compare<T>?];
    return this.combineLabelled(label, top<T>(n, compare));
  }

  /** `n` elements drawn at random, each with the same chance, in one array. */
  sample(n: number, options?: SampleOptions): PCollection<T[]>;
  sample(name: string, n: number, options?: SampleOptions): PCollection<T[]>;
  sample(...args: readonly unknown[]): PCollection<T[]> {
    const { label, rest } = splitLabel("Sample", args);
    const [n, options] = rest as [number, SampleOptions?];
    return this.combineLabelled(label, sample<T>(n, options));
  }

  /** Each element once, however often it occurs. Elements are compared as keys. */
  distinct(name?: string): PCollection<T> {
    return this.composite(optional(name, "Distinct"), () => {
      const counted = pairsOf(this.countPerElement("Occurrences"));
      return this.sameCoder(counted.pick<T>("Once", "Once", (pair) => pair[0]));
    });
  }

  /** The element with the latest timestamp, any one of several; undefined of none. */
  latest(name?: string): PCollection<T | undefined> {
    return this.composite(optional(name, "Latest"), () => {
      const fn = (element: T, { timestamp }: ElementContext) => [timestamp, element];
      const timed = this.add<readonly [Timestamp, T]>(named("Timestamp"), { kind: "map", fn });
      return timed.combineGlobally("Latest", latestOf<T>());
    });
  }

  /** The value with the latest timestamp of each key, any one of several. */
  latestPerKey(this: Keyed<T, "latestPerKey">, name?: string): PCollection<[KeyOf<T>, ValueOf<T>]> {
    const self = pairsOf(this);
    return self.composite(optional(name, "LatestPerKey"), () => {
      const fn = (pair: readonly [unknown, unknown], { timestamp }: ElementContext) => [
        pair[0],
        [timestamp, pair[1]],
      ];
      const timed = self.add<[unknown, unknown]>(named("Timestamp"), { kind: "map", fn });
      const combine = latestOf<unknown>() as CombineFn<unknown, unknown, unknown>;
      return timed.combineKeyed(named("Latest"), combine);
    });
  }

  // --- rows ---------------------------------------------------------------------------------

  /**
   * Says that the elements are rows of a schema: they are encoded in Beam's row encoding from here
   * on. Returns this PCollection.
   */
  withSchema<Row>(
    this: [T] extends [Row]
      ? PCollection<T>
      : "withSchema() needs rows of this schema: make them with map() first",
    schema: Schema<Row>,
  ): PCollection<Row> {
    return (this as unknown as PCollection<Row>).withCoder(schema.coder);
  }

  /** Rows with only these fields: `select("user", "address.city")` makes `{ user, city }`. */
  select<R, const Path extends FieldPath<R>>(
    this: PCollection<R>,
    ...paths: readonly Path[]
  ): PCollection<Selected<R, Path>> {
    const names = requirePaths("select", paths);
    const fn = { kind: "map" as const, fn: selecting(names) };
    const selected = this.add<Selected<R, Path>>(optional(undefined, "Select"), fn);
    const coder = selectedCoder(this.coder(), names);
    return coder === undefined
      ? selected
      : selected.withCoder(coder as unknown as Coder<Selected<R, Path>>);
  }

  /**
   * Groups rows by the values of fields; `aggregate` makes one row of each group.
   *
   * @example
   * ```ts
   * orders.groupBy("user").aggregate({ total: ofField("amount", sum()), n: count() });
   * ```
   */
  groupBy<R, const Path extends FieldPath<R>>(
    this: PCollection<R>,
    ...paths: readonly Path[]
  ): GroupedRows<R, Path> {
    const { builder, id } = this;
    const names = requirePaths("groupBy", paths);
    return Object.freeze({
      aggregate: (aggregates: Aggregates, name?: string) =>
        this.composite(optional(name, "GroupBy"), () => {
          const combine = untyped(aggregateFn("aggregate()", aggregates));
          const keyed = { [MAIN_OUTPUT]: keyByFields(builder, "Key", id, names) };
          const pairs = PCollection.of<unknown>(builder, keyed, MAIN_OUTPUT);
          const combined = pairs.combineKeyed<unknown>(named("Aggregate"), combine);
          return combined.add<never>(named("Row"), { kind: "map", fn: groupedRow(names) });
        }),
    });
  }

  /**
   * Every pair of a row here and a row of `other` that have the same values in `fields`, as one row
   * with the fields of both. The rows that `other` has for one value must fit in memory.
   */
  joinOn<L, R, const Field extends keyof L & keyof R & string>(
    this: PCollection<L>,
    other: PCollection<R>,
    fields: readonly Field[] & NoOverlap<L, R, Field>,
    name?: string,
  ): PCollection<Flat<L & Omit<R, Field>>> {
    return joinedOn(this, "JoinOn", INNER_JOIN, other, fields, name);
  }

  /** Like `joinOn`, with rows here that `other` lacks: without the fields of `other`. */
  leftJoinOn<L, R, const Field extends keyof L & keyof R & string>(
    this: PCollection<L>,
    other: PCollection<R>,
    fields: readonly Field[] & NoOverlap<L, R, Field>,
    name?: string,
  ): PCollection<Flat<L & Partial<Omit<R, Field>>>> {
    return joinedOn(this, "LeftJoinOn", LEFT_JOIN, other, fields, name);
  }

  /** Like `joinOn`, with rows of `other` that are missing here: without the fields of this side. */
  rightJoinOn<L, R, const Field extends keyof L & keyof R & string>(
    this: PCollection<L>,
    other: PCollection<R>,
    fields: readonly Field[] & NoOverlap<L, R, Field>,
    name?: string,
  ): PCollection<Flat<Partial<Omit<L, Field>> & R>> {
    return joinedOn(this, "RightJoinOn", RIGHT_JOIN, other, fields, name);
  }

  /** Like `joinOn`, with the rows of both sides that the other lacks. */
  fullJoinOn<L, R, const Field extends keyof L & keyof R & string>(
    this: PCollection<L>,
    other: PCollection<R>,
    fields: readonly Field[] & NoOverlap<L, R, Field>,
    name?: string,
  ): PCollection<Flat<Pick<L, Field> & Partial<Omit<L, Field>> & Partial<Omit<R, Field>>>> {
    return joinedOn(this, "FullJoinOn", FULL_JOIN, other, fields, name);
  }

  // --- joins --------------------------------------------------------------------------------

  /**
   * Every pair of a value here and a value of `other` that have the same key: `[key, [here, other]]`.
   * The values that `other` has for one key must fit in memory. For more than two sides, or all
   * values at once, there is `coGroupByKey`.
   */
  join<V>(
    this: Keyed<T, "join">,
    other: PCollection<readonly [KeyOf<T>, V]>,
    name?: string,
  ): PCollection<[KeyOf<T>, [ValueOf<T>, V]]> {
    return joined(this, "Join", INNER_JOIN, other, name);
  }

  /** Like `join`, with `[key, [here, undefined]]` for values whose key `other` lacks. */
  leftJoin<V>(
    this: Keyed<T, "leftJoin">,
    other: PCollection<readonly [KeyOf<T>, V]>,
    name?: string,
  ): PCollection<[KeyOf<T>, [ValueOf<T>, V | undefined]]> {
    return joined(this, "LeftJoin", LEFT_JOIN, other, name);
  }

  /** Like `join`, with `[key, [undefined, other]]` for values of `other` whose key is missing here. */
  rightJoin<V>(
    this: Keyed<T, "rightJoin">,
    other: PCollection<readonly [KeyOf<T>, V]>,
    name?: string,
  ): PCollection<[KeyOf<T>, [ValueOf<T> | undefined, V]]> {
    return joined(this, "RightJoin", RIGHT_JOIN, other, name);
  }

  /** Like `join`, with the values of both sides whose key the other lacks. */
  fullJoin<V>(
    this: Keyed<T, "fullJoin">,
    other: PCollection<readonly [KeyOf<T>, V]>,
    name?: string,
  ): PCollection<[KeyOf<T>, [ValueOf<T> | undefined, V | undefined]]> {
    return joined(this, "FullJoin", FULL_JOIN, other, name);
  }

  // --- from the side ------------------------------------------------------------------------

  /** For functions that read its only element from the side: `ctx.side.<name>` is the element. */
  asSingleton(): PCollectionView<T>;
  asSingleton<D>(options: SingletonOptions<D>): PCollectionView<T | D>;
  asSingleton<D>(options?: SingletonOptions<D>): PCollectionView<T | D> {
    const fallback = options !== undefined && "default" in options;
    const view = { kind: "singleton" as const };
    return new PCollectionView(
      this,
      fallback ? { ...view, default: { value: options.default } } : view,
    );
  }

  /** For functions that go through it from the side: decoded as it is iterated, however large. */
  asIterable(): PCollectionView<Iterable<T>> {
    return new PCollectionView(this, { kind: "iterable" });
  }

  /** For functions that read it from the side as one array, in no order: kept in memory. */
  asList(): PCollectionView<readonly T[]> {
    return new PCollectionView(this, { kind: "list" });
  }

  /** For functions that look up values by key from the side; each key occurs once. */
  asMap(this: Keyed<T, "asMap">): PCollectionView<SideMap<KeyOf<T>, ValueOf<T>>> {
    return new PCollectionView(pairsOf(this), { kind: "map" });
  }

  /** For functions that look up the values of a key from the side, any number of them. */
  asMultimap(this: Keyed<T, "asMultimap">): PCollectionView<SideMultimap<KeyOf<T>, ValueOf<T>>> {
    return new PCollectionView(pairsOf(this), { kind: "multimap" });
  }

  // --- windows and time ---------------------------------------------------------------------

  /**
   * Puts each element into the windows that hold its timestamp; groupings below gather each key's
   * values window by window, and emit as `options` say. What they leave out is as it was.
   *
   * @throws LATENESS_NOT_SPECIFIED, ACCUMULATION_NOT_SPECIFIED where a trigger or late data make it
   * matter and nothing was said.
   */
  window(windowFn: WindowFn, options?: WindowOptions): PCollection<T>;
  window(name: string, windowFn: WindowFn, options?: WindowOptions): PCollection<T>;
  window(...args: readonly unknown[]): PCollection<T> {
    const { label, rest } = splitLabel("Window", args);
    const [windowFn, options = {}] = rest as [WindowFn, WindowOptions?];
    const before = this.builder.flowAt(this.id).windowing;
    const windowing = windowingOf(label.name, before, windowFn, options);
    const draft: PrimitiveDraft = { kind: "windowInto", input: this.id, windowing };
    const outputs = this.addPrimitive(label, draft, parametersOf(windowing));
    return PCollection.of(this.builder, outputs, MAIN_OUTPUT);
  }

  /**
   * Gives each element the timestamp that `fn` tells: milliseconds since the epoch, or a Date. Not
   * before the one that it has, less `allowedSkew`; elements of bounded sources have the earliest.
   */
  withTimestamps(fn: (element: T) => number | Date, options?: TimestampOptions): PCollection<T>;
  withTimestamps(
    name: string,
    fn: (element: T) => number | Date,
    options?: TimestampOptions,
  ): PCollection<T>;
  withTimestamps(...args: readonly unknown[]): PCollection<T> {
    type Fn = (element: T) => number | Date;
    const { label, fn, rest } = splitFunction<Fn>("withTimestamps", args);
    const [options = {}] = rest as [TimestampOptions?];
    const make = () => new WithTimestamps(label.name, fn, options);
    return this.sameCoder(this.add<T>(label, userFnOf(label, make), options));
  }

  /** Each element with its timestamp, as `{ value, timestamp }`. */
  reifyTimestamps(name?: string): PCollection<Timestamped<T>> {
    const label = optional(name, "ReifyTimestamps");
    return this.add(label, { kind: "map", fn: reifyTimestamp });
  }

  /** Each element with all that accompanies it, as `{ value, timestamp, window, pane }`. */
  reifyWindows(name?: string): PCollection<InWindow<T>> {
    return this.add(optional(name, "ReifyWindows"), { kind: "map", fn: reifyWindow });
  }

  // --- shape --------------------------------------------------------------------------------

  /** This collection and `others` as one. */
  flatten<U>(...others: readonly PCollection<U>[]): PCollection<T | U>;
  flatten<U>(name: string, ...others: readonly PCollection<U>[]): PCollection<T | U>;
  flatten<U>(...args: readonly unknown[]): PCollection<T | U> {
    const { label, rest } = splitLabel("Flatten", args);
    const inputs = [this.id, ...requireOwn(label.name, this.builder, rest)];
    return PCollection.of(
      this.builder,
      this.addPrimitive(label, { kind: "flatten", inputs }),
      MAIN_OUTPUT,
    );
  }

  /** Spreads the elements anew over the workers, and ends fusion: what follows runs on its own. */
  reshuffle(name?: string): PCollection<T> {
    const outputs = this.addPrimitive(optional(name, "Reshuffle"), {
      kind: "reshuffle",
      input: this.id,
    });
    return PCollection.of(this.builder, outputs, MAIN_OUTPUT);
  }

  /**
   * The same elements, but none of a window before all of `signals` is there for it: for steps that
   * must not begin before others have ended, such as reading what they write.
   */
  waitOn(...signals: readonly PCollection<unknown>[]): PCollection<T> {
    return this.composite({ name: "WaitOn", given: false }, () => {
      const side: Record<string, PCollectionView<unknown>> = {};
      for (const [i, id] of requireOwn("WaitOn", this.builder, signals).entries()) {
        // What matters is when they end: none of their elements has to travel.
        const signal = PCollection.of<unknown>(this.builder, { [MAIN_OUTPUT]: id }, MAIN_OUTPUT);
        const fn = { kind: "filter" as const, fn: () => false };
        side[`signal${i}`] = signal.add<unknown>(named(`Signal ${i}`), fn).asIterable();
      }
      const pass = { kind: "map" as const, fn: (element: T) => element };
      return this.sameCoder(this.add<T>(named("Wait"), pass, undefined, { side }));
    });
  }

  /** Applies `branch` to this collection, and goes on with the collection itself. */
  tee(branch: (elements: PCollection<T>) => unknown): this;
  tee(name: string, branch: (elements: PCollection<T>) => unknown): this;
  tee(...args: readonly unknown[]): this {
    const { label, fn } = splitFunction<(elements: PCollection<T>) => unknown>("tee", args);
    this.builder.composite(label, [this.id], handleIdsOf, () => void fn(this));
    return this;
  }

  /**
   * Prints elements where they are processed, and passes them on: on a cluster into the workers'
   * logs. A look into a pipeline, so only some of them.
   */
  log(label?: string, options?: LogOptions<T>): PCollection<T> {
    const fn = logging<T>(label ?? this.id, options);
    return this.sameCoder(this.add<T>(optional(label, "Log"), { kind: "map", fn }));
  }

  /** Applies a transform, or a function from PCollection to PCollection, as one named box. */
  apply<Out>(transform: Applicable<PCollection<T>, Out>): Out;
  apply<Out>(name: string, transform: Applicable<PCollection<T>, Out>): Out;
  apply<Out>(
    ...args: [Applicable<PCollection<T>, Out>] | [string, Applicable<PCollection<T>, Out>]
  ): Out {
    return applyTransform<PCollection<T>, Out>(this.builder, this, [this.id], args);
  }

  /** Says how elements are encoded wherever they cross an edge. Returns this PCollection. */
  withCoder(coder: Coder<T>): this {
    if (typeof (coder as Partial<Coder<T>> | undefined)?.encode !== "function") {
      throw new BeamlineError(
        "NOT_A_CODER",
        `Cannot give "${this.id}" the coder ${String(coder)}: it has no encode(); pass one of beamline/coders or a Coder of your own`,
      );
    }
    this.builder.setCoder(this.id, coder as Coder<unknown>);
    return this;
  }

  // --- our own use --------------------------------------------------------------------------

  private coder(): Coder<unknown> | undefined {
    return this.builder.coderOf(this.id);
  }

  private sameCoder<U>(other: PCollection<U>): PCollection<U> {
    const coder = this.coder();
    return coder === undefined ? other : other.withCoder(coder as unknown as Coder<U>);
  }

  private addPrimitive(
    label: Label,
    draft: PrimitiveDraft,
    parameters?: unknown,
  ): Readonly<Record<string, PCollectionId>> {
    return this.builder.addPrimitive(draft, label, parameters);
  }

  /** @param options - May name side inputs. */
  private add<U>(
    label: Label,
    fn: UserFn,
    parameters?: unknown,
    options?: unknown,
  ): PCollection<U> {
    const sideInputs = sideInputsIn(label.name, this.builder, this.id, options);
    const beside = sideInputs === undefined ? {} : { sideInputs };
    const draft: PrimitiveDraft = { kind: "parDo", input: this.id, fn, ...beside };
    const outputs = this.addPrimitive(label, draft, parameters);
    return PCollection.of(this.builder, outputs, MAIN_OUTPUT);
  }

  /** A plain function, which may collect its failures. */
  private addFunction<U>(
    label: Label,
    fn: Extract<UserFn, { kind: "map" | "flatMap" | "filter" }>,
    options: unknown,
  ): PCollection<U> | WithFailures<T, U> {
    const same = <V>(made: PCollection<V>) => (fn.kind === "filter" ? this.sameCoder(made) : made);
    if (!collects(options)) return same(this.add<U>(label, fn, undefined, options));
    const place = { transform: label.name };
    const outputs = this.addParDo(label, collectingFn(fn, place), options, [FAILURES]);
    place.transform = nameOf(outputs);
    return Object.freeze({
      out: same(PCollection.of<U>(this.builder, outputs, MAIN_OUTPUT)),
      failures: PCollection.of<Failure<T>>(this.builder, outputs, FAILURES),
    });
  }

  private addParDo(
    label: Label,
    fn: UserFn,
    options: unknown,
    tags: readonly string[] | undefined,
  ): Readonly<Record<string, PCollectionId>> {
    const sideInputs = sideInputsIn(label.name, this.builder, this.id, options);
    return this.addPrimitive(label, {
      kind: "parDo",
      input: this.id,
      fn,
      ...(tags === undefined ? {} : { tags }),
      ...(sideInputs === undefined ? {} : { sideInputs }),
    });
  }

  private pick<U>(
    name: string | undefined,
    defaultName: string,
    fn: (pair: readonly [unknown, unknown]) => unknown,
  ): PCollection<U> {
    return this.add(optional(name, defaultName), { kind: "map", fn });
  }

  private composite<Out>(label: Label, expand: () => Out): Out {
    return this.builder.composite(label, [this.id], handleIdsOf, expand);
  }

  private combineOptional<Out>(
    name: string | undefined,
    combine: CombineFn<T, unknown, Out>,
  ): PCollection<Out> {
    return this.combineLabelled(optional(name, combine.name ?? "Combine"), combine);
  }

  private combineLabelled<Out>(
    label: Label,
    combine: CombineFn<T, unknown, Out>,
  ): PCollection<Out> {
    return label.given ? this.combineGlobally(label.name, combine) : this.combineGlobally(combine);
  }

  private combineStep<U>(
    step: "precombine" | "merge" | "extract",
    combine: CombineFn<unknown, unknown, unknown>,
  ): PCollection<U> {
    const name = { precombine: "Precombine", merge: "Merge", extract: "Extract" }[step];
    const outputs = this.addPrimitive(named(name), {
      kind: "combineStep",
      step,
      input: this.id,
      combine,
    });
    return PCollection.of(this.builder, outputs, MAIN_OUTPUT);
  }

  /** From accumulators to results. */
  private combineRest<U>(combine: CombineFn<unknown, unknown, unknown>): PCollection<U> {
    const grouped = this.addPrimitive(named("Group"), { kind: "groupByKey", input: this.id });
    return PCollection.of(this.builder, grouped, MAIN_OUTPUT)
      .combineStep<unknown>("merge", combine)
      .combineStep<U>("extract", combine);
  }

  /** The same for accumulators of one key, and only the results. */
  private combineRestGlobally<Out>(
    combine: CombineFn<unknown, unknown, unknown>,
  ): PCollection<Out> {
    const result = this.combineRest<[null, Out]>(combine);
    const out = pairsOf(result).pick<Out>("Values", "Values", (pair) => pair[1]);
    return combine.outputCoder === undefined
      ? out
      : out.withCoder(combine.outputCoder as Coder<Out>);
  }

  private combineKeyed<U>(
    label: Label,
    combine: CombineFn<unknown, unknown, unknown>,
  ): PCollection<U> {
    const options = { urn: "beam:transform:combine_per_key:v1" };
    const expand = () => this.combineStep<unknown>("precombine", combine).combineRest<U>(combine);
    return this.builder.composite(label, [this.id], handleIdsOf, expand, options);
  }
}

function joined<U>(
  left: unknown,
  defaultName: string,
  kind: JoinKind,
  right: PCollection<unknown>,
  name: string | undefined,
): PCollection<U> {
  const { builder, id } = pairsOf(left);
  const label = optional(name, defaultName);
  const [other = ""] = requireOwn(label.name, builder, [right]);
  const out = joinPairs(builder, label, kind, id, other);
  return PCollection.of(builder, { [MAIN_OUTPUT]: out }, MAIN_OUTPUT);
}

function joinedOn<U>(
  left: PCollection<unknown>,
  defaultName: string,
  kind: JoinKind,
  right: PCollection<unknown>,
  fields: readonly string[],
  name: string | undefined,
): PCollection<U> {
  const { builder, id } = left;
  const label = optional(name, defaultName);
  const [other = ""] = requireOwn(label.name, builder, [right]);
  const verb = `${defaultName.slice(0, 1).toLowerCase()}${defaultName.slice(1)}`;
  const out = joinRows(builder, label, kind, id, other, requirePaths(verb, fields));
  return PCollection.of(builder, { [MAIN_OUTPUT]: out }, MAIN_OUTPUT);
}

type Numbers<T, Verb extends string> = [T] extends [number]
  ? PCollection<T>
  : `${Verb}() needs numbers: call map() first, or use ${Verb}() as a combine function`;

function named(name: string): Label {
  return { name, given: true };
}

function optional(name: string | undefined, defaultName: string): Label {
  return name === undefined ? { name: defaultName, given: false } : named(name);
}

// The `this` types of the verbs above are conditional so that a misuse reads as a sentence. Inside
// the verb the condition held, which TypeScript cannot conclude by itself.
function pairsOf(self: unknown): PCollection<readonly [unknown, unknown]> {
  return self as PCollection<readonly [unknown, unknown]>;
}

function numbersOf(self: unknown): PCollection<number> {
  return self as PCollection<number>;
}

function splitCombine(
  where: "PerKey" | "Globally",
  args: readonly unknown[],
): {
  readonly label: Label;
  readonly combine: CombineFn<unknown, unknown, unknown>;
  readonly options: unknown;
} {
  const given = typeof args[0] === "string";
  const [first, options] = given ? args.slice(1) : args;
  const combine = first as Partial<CombineFn<unknown, unknown, unknown>> | undefined;
  const missing = (["create", "add", "merge", "extract"] as const).filter(
    (part) => typeof combine?.[part] !== "function",
  );
  const name = given ? (args[0] as string) : `${combine?.name ?? "Combine"}${where}`;
  if (missing.length > 0) {
    throw new BeamlineError(
      "NOT_A_COMBINE_FN",
      `Cannot combine in "${name}": the combine function lacks ${missing.join(", ")}; pass an object with create, add, merge and extract`,
    );
  }
  const label = { name, given };
  return { label, combine: combine as CombineFn<unknown, unknown, unknown>, options };
}

function collects(options: unknown): boolean {
  return (options as FunctionOptions | undefined)?.onError === "collect";
}

/** The unique name of the transform with these outputs. */
function nameOf(outputs: Readonly<Record<string, PCollectionId>>): string {
  return outputs[MAIN_OUTPUT]?.slice(0, -MAIN_OUTPUT.length - 1) ?? "";
}

function tagsOf(label: Label, tags: unknown): readonly string[] | undefined {
  if (tags === undefined) return undefined;
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === "string")) return tags;
  throw new BeamlineError(
    "BAD_TAG",
    `Cannot apply "${label.name}": the extra outputs are ${JSON.stringify(tags)}; give an array of their tags: parDo(make, ["errors"])`,
  );
}
