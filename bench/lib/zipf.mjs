import { below } from "./random.mjs";

/**
 * Draws ranks 0 to `size - 1` in constant time, rank r with a probability proportional to
 * 1 / (r + 1), by Walker's alias method. Only additions, products and quotients of doubles are
 * used, which IEEE 754 fixes to the last bit: the draws are the same on every machine.
 *
 * @param {number} size at most 2^21
 * @param {() => number} next integers from `randomIntegers`; each draw takes two
 * @returns {() => number}
 */
export function zipfRanks(size, next) {
  let total = 0;
  for (let rank = 1; rank <= size; rank++) total += 1 / rank;

  // Each column holds its own rank up to `threshold`, and an alias above it.
  const share = Float64Array.from({ length: size }, (_, rank) => size / ((rank + 1) * total));
  const threshold = new Float64Array(size).fill(0x100000000);
  const alias = Int32Array.from({ length: size }, (_, rank) => rank);
  /** @type {number[]} */
  const poor = [];
  /** @type {number[]} */
  const rich = [];
  for (let rank = 0; rank < size; rank++) ((share[rank] ?? 0) < 1 ? poor : rich).push(rank);
  while (poor.length > 0 && rich.length > 0) {
    const taker = poor.pop() ?? 0;
    const giver = rich.pop() ?? 0;
    const own = share[taker] ?? 0;
    threshold[taker] = own * 0x100000000;
    alias[taker] = giver;
    const left = (share[giver] ?? 0) + own - 1;
    share[giver] = left;
    (left < 1 ? poor : rich).push(giver);
  }

  return () => {
    const column = below(next, size);
    return next() < (threshold[column] ?? 0) ? column : (alias[column] ?? 0);
  };
}
