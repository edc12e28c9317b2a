import { z } from "zod";
import type { PCollection } from "../../pipeline/pcollection.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { schema } from "../../schema/schema.js";
import { avro } from "../avro/avro.js";
import { parquet } from "./parquet.js";

const p = new Pipeline("types");
const Order = z.object({ id: z.int(), user: z.string(), at: z.date().nullable() });
type Order = z.infer<typeof Order>;

// Rows have the type of the zod object, or of the schema made of one.
export const rows: PCollection<Order> = p.apply(parquet.read("in.parquet", Order));
export const fromSchema: PCollection<Order> = p.apply(parquet.read("in.parquet", schema(Order)));
export const records: PCollection<Order> = p.apply(avro.read("in.avro", Order));
export const untyped: PCollection<Readonly<Record<string, unknown>>> = p.apply(
  avro.read("in.avro"),
);

// Bad blocks are an output where they are collected.
const { out, failures } = p.apply(parquet.read("in.parquet", Order, { onError: "collect" }));
export const collected: PCollection<Order> = out;
export const places: PCollection<string> = failures.map(({ file, offset }) => `${file} ${offset}`);
export const failed = p.apply(avro.read("in.avro", Order, { onError: "collect" })).failures;

// @error: Property 'failures' does not exist
p.apply(parquet.read("in.parquet", Order, { onError: "fail" })).failures;

// Limits are for fields that have an order, of their own type.
parquet.read("in.parquet", Order, { where: { id: { atLeast: 1 }, at: { atMost: new Date(0) } } });

// @error: 'string' is not assignable to type 'number'
parquet.read("in.parquet", Order, { where: { id: { atLeast: "1" } } });

// @error: 'nothing' does not exist
parquet.read("in.parquet", Order, { where: { nothing: { atLeast: 1 } } });

// What is written are rows of the schema.
rows.apply(parquet.write("out", { schema: Order }));
rows.apply(avro.write("out", { schema: Order, compression: "zstandard" }));

// @error: is not assignable
p.create([{ id: "x" }]).apply(parquet.write("out", { schema: Order }));

// @error: '"lzo"' is not assignable
rows.apply(parquet.write("out", { schema: Order, compression: "lzo" }));

// @error: Property 'schema' is missing
rows.apply(parquet.write("out", {}));
