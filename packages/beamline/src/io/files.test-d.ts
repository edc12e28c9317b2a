import { z } from "zod";
import type { PCollection } from "../pipeline/pcollection.js";
import type { Pipeline } from "../pipeline/pipeline.js";
import { schema } from "../schema/schema.js";
import { csv } from "./csv/csv.js";
import { jsonl } from "./jsonl/jsonl.js";
import type { BadRecord } from "./records/bad-record.js";
import { text } from "./text/text.js";

declare const p: Pipeline;
declare const lines: PCollection<string>;
declare const numbers: PCollection<number>;

/** Compiles only when both types are the same. */
function same<A>() {
  return <B>(
    _value: (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2
      ? PCollection<B>
      : never,
  ): void => {};
}

interface Order {
  user: string;
  amount: number;
  at?: Date | undefined;
}
const shape = z.object({ user: z.string(), amount: z.number(), at: z.date().optional() });

// --- rows have the type of what they are read with ------------------------------------------

same<Order>()(p.apply(jsonl.read("a", shape)));
same<Order>()(p.apply(jsonl.read(["a", "b"], schema(shape), { compression: "gzip" })));
same<Order>()(p.apply("Named", csv.read("a", shape, { header: false, onError: "fail" })));
same<Order>()(p.apply(csv.read("a", schema(shape))));
same<unknown>()(p.apply(jsonl.read("a")));
same<unknown>()(p.apply(jsonl.read("a", { maxRecordBytes: 10 })));
same<Record<string, string>>()(p.apply(csv.read("a", { delimiter: ";" })));

// --- bad records are a second collection where they are collected ---------------------------

const orders = p.apply(jsonl.read("a", shape, { onError: "collect" }));
same<Order>()(orders.out);
same<BadRecord>()(orders.failures);
const strings = p.apply(csv.read("a", { onError: "collect" }));
same<Record<string, string>>()(strings.out);
same<BadRecord>()(strings.failures);
// @error: Property 'failures' does not exist
p.apply(csv.read("a", shape)).failures;
// @error: Property 'map' does not exist
orders.map(String);

// --- fields are known further down ----------------------------------------------------------

same<{ user: string }>()(orders.out.select("user"));
// @error: "users"
orders.out.select("users");

// --- writes take rows, and give the names of files ------------------------------------------

same<string>()(orders.out.apply(csv.write("out", { compression: "zstd" })));
same<string>()(numbers.apply(jsonl.write("out", { shards: 3 })));
same<string>()(lines.apply(text.write("out", { compression: "gzip" })));
// @error: 'number' is not assignable to type 'object'
numbers.apply(csv.write("out"));
// @error: "auto"
lines.apply(text.write("out", { compression: "auto" }));
// @error: "ignore"
csv.read("a", shape, { onError: "ignore" });
// @error: 'quotedNewline' does not exist
csv.read("a", shape, { quotedNewline: true });
// @error: No overload matches
jsonl.read("a", z.string());
