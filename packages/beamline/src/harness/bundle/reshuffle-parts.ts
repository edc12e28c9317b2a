import type { ElementContext } from "../../fn/context.js";

/** Spreads what follows one after the other: Knuth's multiplicative hash of a counter. */
const SPREAD = 0x9e37_79b1;

/**
 * Gives each element a key of its own, from somewhere in 0 to 2^32 - 1, so that a GroupByKey spreads
 * them evenly, and takes its timestamp along. The keys mean nothing, so it does not matter that a
 * retry gives others.
 */
export function addKeys(
  start = Math.floor(Math.random() * 2 ** 32),
): (value: never, ctx: ElementContext) => unknown {
  let count = start;
  return (value, { timestamp }) => {
    count = (count + 1) | 0;
    return [Math.imul(count, SPREAD) >>> 0, [timestamp, value]];
  };
}
