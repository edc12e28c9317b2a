/**
 * A stream of 32-bit integers that is the same for the same seed on every machine: xorshift128
 * (Marsaglia, "Xorshift RNGs", 2003), in integer arithmetic only.
 *
 * @param {number} seed any 32-bit integer
 * @returns {() => number} the next integer, 0 to 2^32 - 1
 */
export function randomIntegers(seed) {
  let state = seed >>> 0;
  const spread = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  let a = spread();
  let b = spread();
  let c = spread();
  // An all-zero state would stay zero for ever.
  let d = spread() | 1;
  return () => {
    const first = a ^ (a << 11);
    a = b;
    b = c;
    c = d;
    d = d ^ (d >>> 19) ^ first ^ (first >>> 8);
    return d >>> 0;
  };
}

/**
 * An integer below `bound`, from one integer of the stream.
 *
 * @param {() => number} next
 * @param {number} bound at most 2^21, so that the product stays exact in a double
 */
export function below(next, bound) {
  return Math.floor((next() * bound) / 0x100000000);
}
