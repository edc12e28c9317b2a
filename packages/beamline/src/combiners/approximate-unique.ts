import { type CombineFn, combineFn } from "../fn/combine-fn.js";
import { BeamlineError } from "../model/errors.js";
import { type Hash64, valueHasher } from "./sketch-hash.js";

export interface ApproximateUniqueOptions {
  /**
   * The relative standard error that is aimed at: 95 of 100 results lie within twice of it. From
   * 0.003 to 0.26. Default: 0.01, which takes 16 KiB of memory for each result.
   */
  readonly error?: number;
}

/** Few values as their hashes (53 bits, exact in practice), many as HyperLogLog registers. */
export type UniqueSketch =
  | { readonly kind: "few"; readonly hashes: Set<number> }
  | { readonly kind: "many"; readonly registers: Uint8Array };

/**
 * About how many distinct values there are, in memory that does not depend on how many: HyperLogLog
 * (Flajolet et al. 2007) over 64-bit hashes. Up to a few hundred distinct values the count is exact.
 * Values are compared as keys.
 *
 * @example
 * ```ts
 * visits.map(({ user }) => user).combineGlobally(approximateUnique());
 * ```
 */
export function approximateUnique<T>({
  error = 0.01,
}: ApproximateUniqueOptions = {}): CombineFn<T, UniqueSketch, number> {
  const bits = bitsFor(error);
  const size = 2 ** bits;
  const limit = size / 16;
  const hash = valueHasher();

  const widen = (sketch: UniqueSketch): Uint8Array => {
    if (sketch.kind === "many") return sketch.registers;
    const registers = new Uint8Array(size);
    for (const packed of sketch.hashes) count(registers, unpack(packed), bits);
    return registers;
  };
  const narrow = (hashes: Set<number>): UniqueSketch => {
    const few = { kind: "few" as const, hashes };
    return hashes.size <= limit ? few : { kind: "many", registers: widen(few) };
  };
  return combineFn<T, UniqueSketch, number>({
    name: "ApproximateUnique",
    create: () => ({ kind: "few", hashes: new Set() }),
    add(sketch, value) {
      // Both forms see the same 53 bits, so that it does not matter when one becomes the other.
      const packed = pack(hash(value));
      if (sketch.kind === "few") {
        sketch.hashes.add(packed);
        return narrow(sketch.hashes);
      }
      count(sketch.registers, unpack(packed), bits);
      return sketch;
    },
    merge(a, b) {
      if (a.kind === "few" && b.kind === "few") {
        for (const packed of b.hashes) a.hashes.add(packed);
        return narrow(a.hashes);
      }
      const registers = widen(a);
      for (const [i, rank] of widen(b).entries()) {
        if (rank > (registers[i] as number)) registers[i] = rank;
      }
      return { kind: "many", registers };
    },
    extract: (sketch) =>
      sketch.kind === "few" ? sketch.hashes.size : Math.round(estimate(sketch.registers)),
  });
}

/** The standard error of m registers is 1.04 / sqrt(m). */
function bitsFor(error: number): number {
  if (error >= 0.003 && error <= 0.26) return Math.ceil(Math.log2((1.04 / error) ** 2));
  throw new BeamlineError(
    "BAD_ERROR_BOUND",
    `Cannot make approximateUnique(): the error is ${error}; give a number from 0.003 to 0.26`,
  );
}

/** 53 bits of a hash, exact in a number. */
function pack([high, low]: Hash64): number {
  return (high >>> 11) * 2 ** 32 + low;
}

function unpack(packed: number): Hash64 {
  return [Math.floor(packed / 2 ** 32), packed >>> 0];
}

/** The lower hash chooses the register; the leading zeros of the other's 21 bits and what is left are its rank. */
function count(registers: Uint8Array, [high, low]: Hash64, bits: number): void {
  const index = low >>> (32 - bits);
  const rest = (low << bits) >>> 0;
  const zeros = high === 0 ? 21 + Math.min(Math.clz32(rest), 32 - bits) : Math.clz32(high) - 11;
  if (zeros + 1 > (registers[index] as number)) registers[index] = zeros + 1;
}

function estimate(registers: Uint8Array): number {
  const m = registers.length;
  let sum = 0;
  let empty = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) empty++;
  }
  const raw = (alpha(m) * m * m) / sum;
  // Small ranges are counted by the registers that are still empty.
  return raw <= 2.5 * m && empty > 0 ? m * Math.log(m / empty) : raw;
}

function alpha(m: number): number {
  if (m === 16) return 0.673;
  if (m === 32) return 0.697;
  if (m === 64) return 0.709;
  return 0.7213 / (1 + 1.079 / m);
}
