import { inspect } from "node:util";

/**
 * Text that two values share exactly when they are equal all the way down: the order of object
 * keys and of a map's or set's entries does not count, but -0 is not 0 and 1n is not 1.
 */
export function canonicalText(value: unknown): string {
  return inspect(value, {
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    depth: Number.POSITIVE_INFINITY,
    maxArrayLength: Number.POSITIVE_INFINITY,
    maxStringLength: Number.POSITIVE_INFINITY,
    sorted: true,
  });
}

/** How one bag of elements differs from another. */
export interface BagDifference {
  readonly missing: readonly unknown[];
  readonly unexpected: readonly unknown[];
}

/** Compares two bags: elements in any order, each as often as it occurs. */
export function compareBags(actual: Iterable<unknown>, expected: Iterable<unknown>): BagDifference {
  const bag = new Map<string, unknown[]>();
  for (const value of expected) {
    const text = canonicalText(value);
    const same = bag.get(text);
    if (same === undefined) bag.set(text, [value]);
    else same.push(value);
  }
  const unexpected: unknown[] = [];
  for (const value of actual) {
    const same = bag.get(canonicalText(value));
    if (same === undefined || same.length === 0) unexpected.push(value);
    else same.pop();
  }
  return { missing: [...bag.values()].flat(), unexpected };
}
