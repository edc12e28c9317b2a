import { count } from "../combiners/count.js";
import { sum } from "../combiners/sum.js";
import type { ProcessContext } from "../fn/context.js";
import { DoFn } from "../fn/do-fn.js";
import type { SideMap, SideMultimap } from "../fn/side-views.js";
import { ofField } from "../schema/aggregate.js";
import type { Schema } from "../schema/schema.js";
import type { Failure } from "./failures.js";
import type { PCollection } from "./pcollection.js";

declare const words: PCollection<string>;
declare const numbers: PCollection<number>;
declare const pairs: PCollection<[string, number]>;
declare const names: PCollection<[number, string]>;

/** Compiles only when both types are the same. */
function same<A>() {
  return <B>(
    _value: (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2
      ? PCollection<B>
      : never,
  ): void => {};
}

// --- views ----------------------------------------------------------------------------------

const side = {
  one: numbers.asSingleton(),
  maybe: numbers.asSingleton({ default: null }),
  some: words.asIterable(),
  all: words.asList(),
  map: pairs.asMap(),
  multi: pairs.asMultimap(),
};
same<number>()(words.map((_, ctx) => ctx.side.one, { side }));
same<number | null>()(words.map((_, ctx) => ctx.side.maybe, { side }));
same<Iterable<string>>()(words.map((_, ctx) => ctx.side.some, { side }));
same<readonly string[]>()(words.map((_, ctx) => ctx.side.all, { side }));
same<SideMap<string, number>>()(words.map((_, ctx) => ctx.side.map, { side }));
same<SideMultimap<string, number>>()(words.map((_, ctx) => ctx.side.multi, { side }));
same<number | undefined>()(words.map((word, { side }) => side.map.get(word), { side }));
same<number>()(words.map("Named", (word, { side }) => word.length + side.one, { side }));
same<number>()(words.flatMap((_, ctx) => [ctx.side.one], { side }));
same<string>()(words.filter((_, ctx) => ctx.side.one > 0, { side }));
same<[number, string]>()(words.keyBy((_, ctx) => ctx.side.one, { side }));
same<number>()(words.mapAsync(async (_, ctx) => ctx.side.one, { concurrency: 2, side }));

// @error: Property 'rate' does not exist on type
words.map((_, ctx) => ctx.side.rate, { side });
// @error: Property 'one' does not exist on type
words.map((_, ctx) => ctx.side.one);
// @error: a side input is a view: call asSingleton(), asIterable()
words.map("Plain", (word) => word, { side: { numbers } });
// @error: asMap() needs [K, V] elements: call keyBy() first
words.asMap();
// @error: asMultimap() needs [K, V] elements: call keyBy() first
numbers.asMultimap();

class Convert extends DoFn<number, string, { zero: null }, { rate: number }> {
  override process(
    n: number,
    ctx: ProcessContext<string, { zero: null }, { rate: number }>,
  ): string[] {
    if (n === 0) ctx.outputTo("zero", null);
    return [String(n * ctx.side.rate)];
  }
}
const rate = numbers.asSingleton();
same<string>()(numbers.parDo(() => new Convert(), { side: { rate } }));
const converted = numbers.parDo("Convert", () => new Convert(), { side: { rate }, tags: ["zero"] });
same<string>()(converted.out);
same<null>()(converted.zero);
// @error: is not assignable to
numbers.parDo(() => new Convert());
// @error: is not assignable to
numbers.parDo(() => new Convert(), { side: { rate: words.asSingleton() } });

// --- failures -------------------------------------------------------------------------------

const collected = words.map((word) => word.length, { onError: "collect" });
same<number>()(collected.out);
same<Failure<string>>()(collected.failures);
same<string>()(words.filter((word) => word !== "", { onError: "collect" }).out);
same<number>()(words.map((word) => word.length, { onError: "fail" }));
const both = numbers.parDo(() => new Convert(), {
  side: { rate },
  tags: ["zero"],
  onError: "collect",
});
same<null>()(both.zero);
same<Failure<number>>()(both.failures);
// @error: Type '"ignore"' is not assignable
words.map("Plain", (word) => word, { onError: "ignore" });

// --- joins ----------------------------------------------------------------------------------

same<[string, [number, number]]>()(pairs.join(pairs));
same<[string, [number, number | undefined]]>()(pairs.leftJoin(pairs));
same<[string, [number | undefined, number]]>()(pairs.rightJoin(pairs));
same<[string, [number | undefined, number | undefined]]>()(pairs.fullJoin(pairs));
// @error: join() needs [K, V] elements: call keyBy() first
words.join(pairs);
// @error: is not assignable to parameter of type
pairs.join(names);
same<[string, number]>()(pairs.combinePerKey(sum(), { hotKeyFanout: (key) => key.length }));
same<string | undefined>()(words.latest());
same<[string, number]>()(pairs.latestPerKey());
same<string>()(words.waitOn(numbers, pairs));
same<string>()(words.tee((branch) => branch.count()).log("words"));

// --- rows -----------------------------------------------------------------------------------

interface Order {
  readonly user: string;
  readonly amount: number;
  readonly to: { readonly city: string } | null;
}
declare const orders: PCollection<Order>;
declare const users: PCollection<{ user: string; age: number }>;
declare const orderSchema: Schema<Order>;

same<Order>()(orders.withSchema(orderSchema));
// @error: withSchema() needs rows of this schema: make them with map() first
words.withSchema(orderSchema);
same<{ user: string; city: string | null }>()(orders.select("user", "to.city"));
// @error: is not assignable to parameter of type
orders.select("amount.x");
same<{ user: string; total: number; n: number }>()(
  orders.groupBy("user").aggregate({ total: ofField("amount", sum()), n: count() }),
);
// @error: is not of the type that its combine function takes
orders.groupBy("user").aggregate({ total: ofField("user", sum()) });
// @error: rows have no field
orders.groupBy("user").aggregate({ total: ofField("cost", sum()) });
// @error: this combine function takes no rows: write ofField(
orders.groupBy("user").aggregate({ total: sum() });
same<{ user: string; amount: number; to: { readonly city: string } | null; age: number }>()(
  orders.map(({ user, amount, to }) => ({ user, amount, to })).joinOn(users, ["user"]),
);
// @error: both sides have other fields of the same name
orders.joinOn(orders, ["user"]);
const bills = orders.select("user", "amount");
same<{ user: string; amount: number; age?: number }>()(bills.leftJoinOn(users, ["user"]));
same<{ amount?: number; user: string; age: number }>()(bills.rightJoinOn(users, ["user"]));
same<{ user: string; amount?: number; age?: number }>()(bills.fullJoinOn(users, ["user"]));
// @error: both sides have other fields of the same name
orders.leftJoinOn(orders, ["user"]);

const asked = words.mapAsync(async (word) => word.length, { onError: "collect" });
same<number>()(asked.out);
same<Failure<string>>()(asked.failures);
