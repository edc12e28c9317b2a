import { BeamlineError } from "../model/errors.js";
import type { Schema } from "./schema.js";

/** A row, or what is wrong with what should have been one. */
export type Validated<T> =
  | { readonly isRow: true; readonly row: T }
  | { readonly isRow: false; readonly reason: string };

/** What zod's schemas have for it. */
interface Parses<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const MOST_SHOWN = 3;

/** Checks values of unknown origin with the zod object that a schema was made of. */
export function validatorOf<T>({ shape }: Schema<T>): (value: unknown) => Validated<T> {
  const parses = shape as Partial<Parses<T>>;
  if (typeof parses.safeParse !== "function") {
    throw new BeamlineError(
      "BAD_SCHEMA",
      "Cannot check rows with this schema: it has no safeParse(); make it with z.object() of zod",
    );
  }
  const { safeParse } = parses as Parses<T>;
  return (value) => {
    const result = safeParse.call(shape, value);
    return result.success
      ? { isRow: true, row: result.data }
      : { isRow: false, reason: reasonOf(result.error.issues) };
  };
}

function reasonOf(issues: readonly Issue[]): string {
  const shown = issues.slice(0, MOST_SHOWN).map(({ path, message }) => {
    const field = path.map(String).join(".");
    return field === "" ? message : `field "${field}": ${message}`;
  });
  const more = issues.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}
