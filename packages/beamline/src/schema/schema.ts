import { RowCoder } from "../coders/row/row-coder.js";
import type { RowSchema } from "../coders/row/row-schema.js";
import { rowSchemaOf } from "./row-schema-of.js";
import type { ZodLike } from "./zod-shape.js";

/** The type of rows and how they are encoded: made by {@link schema}. */
export interface Schema<T> {
  /** In Beam's row encoding, which every SDK reads. */
  readonly coder: RowCoder<T>;
  readonly rows: RowSchema;
  /** The zod object that it was made of. */
  readonly shape: ZodLike<T>;
}

/**
 * Rows from a zod object: its fields, typed, in Beam's row encoding, so that transforms of other
 * SDKs can read them.
 *
 * | zod                                  | Beam                                   |
 * | ------------------------------------ | -------------------------------------- |
 * | `z.string()`, enums of strings       | STRING                                 |
 * | `z.number()`                         | DOUBLE                                 |
 * | `z.int()`, `z.int32()`, `z.float32()`| INT64, INT32, FLOAT                    |
 * | `z.bigint()`                         | INT64                                  |
 * | `z.boolean()`                        | BOOLEAN                                |
 * | `z.date()`                           | `millis_instant`                       |
 * | `z.array()`, `z.map()`, `z.record()` | ARRAY, MAP                             |
 * | `z.object()`                         | ROW                                    |
 * | `nullable()`, `optional()`           | nullable                               |
 *
 * Anything else, and other sizes of numbers, by metadata: `z.string().meta({ beam: "decimal" })`,
 * `z.custom<Uint8Array>().meta({ beam: "bytes" })`; the names are byte, int16, int32, int64, float,
 * double, string, boolean, bytes and decimal.
 *
 * Elements are not parsed: call `parse` in a `map` where they come from outside.
 *
 * @example
 * ```ts
 * const Order = schema(z.object({ user: z.string(), amount: z.number(), at: z.date() }));
 * orders.withSchema(Order).groupBy("user").aggregate({ total: ofField("amount", sum()) });
 * ```
 */
export function schema<T extends object>(shape: ZodLike<T>): Schema<T> {
  const rows = rowSchemaOf(shape);
  return Object.freeze({ rows, shape, coder: new RowCoder<T>(rows) });
}
