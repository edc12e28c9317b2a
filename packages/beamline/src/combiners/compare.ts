import { BeamlineError } from "../model/errors.js";

/** Orders two values: negative when `a` comes first, positive when `b` does, 0 when neither. */
export type Compare<T> = (a: T, b: T) => number;

/**
 * The order of `<`: numbers by value, strings by UTF-16 code unit, dates by time. NaN comes after
 * every other number, so that results do not depend on the order of the elements.
 */
export function natural<T>(a: T, b: T): number {
  if (a < b) return -1;
  if (b < a) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** Refuses what is not a function, which would fail only once elements flow. */
export function requireCompare(verb: string, compare: unknown): void {
  if (typeof compare === "function") return;
  throw new BeamlineError(
    "NOT_A_FUNCTION",
    `Cannot make ${verb}(): it got ${compare === null ? "null" : typeof compare} where a compare function belongs; pass (a, b) => number`,
  );
}
