import { BeamlineError } from "../../model/errors.js";

const TWO_32 = 0x1_0000_0000;
/** High halves of 64-bit integers from here on are beyond 2^53. */
const HIGH_LIMIT = 0x20_0000;

/**
 * 64-bit integers as numbers; undefined where one of them would not be exact. Those that all fit
 * into 32 bits come as such: the engine then makes small integers of them, and not objects.
 */
export function safeIntegers(raw: ArrayLike<unknown>): Int32Array | Float64Array | undefined {
  if (!(raw instanceof BigInt64Array)) return undefined;
  const halves = new Int32Array(raw.buffer, raw.byteOffset, raw.length * 2);
  return smallIntegers(halves) ?? largeIntegers(halves);
}

function smallIntegers(halves: Int32Array): Int32Array | undefined {
  const length = halves.length / 2;
  const numbers = new Int32Array(length);
  for (let i = 0, at = 0; i < length; i++, at += 2) {
    const low = halves[at] as number;
    if (halves[at + 1] !== low >> 31) return undefined;
    numbers[i] = low;
  }
  return numbers;
}

function largeIntegers(halves: Int32Array): Float64Array | undefined {
  const length = halves.length / 2;
  const numbers = new Float64Array(length);
  for (let i = 0, at = 0; i < length; i++, at += 2) {
    const high = halves[at + 1] as number;
    if (high >= HIGH_LIMIT || high < -HIGH_LIMIT) return undefined;
    numbers[i] = high * TWO_32 + ((halves[at] as number) >>> 0);
  }
  return numbers;
}

export function safeInteger(value: number | bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new BeamlineError(
    "UNSAFE_INTEGER",
    `it holds ${value}, which no number is exact for; read it as z.bigint()`,
  );
}

export function int32Within(value: number | bigint, bits: 8 | 16 | 32): number {
  const number = Number(value);
  const limit = 2 ** (bits - 1);
  if (number >= -limit && number < limit) return number;
  throw new BeamlineError(
    "OUT_OF_RANGE",
    `it holds ${value}, which ${bits} bits do not; read it as z.int() or z.bigint()`,
  );
}
