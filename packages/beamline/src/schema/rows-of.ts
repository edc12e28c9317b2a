import { type Schema, schema } from "./schema.js";
import type { ZodLike } from "./zod-shape.js";

/** The type of rows as people give it: a zod object, or what {@link schema} has made of one. */
export type RowShape<T> = Schema<T> | ZodLike<T>;

/** The schema itself. */
export function rowsOf<T extends object>(shape: RowShape<T>): Schema<T> {
  return "coder" in shape ? shape : schema(shape);
}

/** Tells it from the options that may stand in its place. */
export function isRowShape<T>(value: unknown): value is RowShape<T> {
  return typeof value === "object" && value !== null && ("_zod" in value || "coder" in value);
}
