import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { AtomicCoder } from "./atomic-coder.js";
import type { Coder } from "./coder.js";
import { cannotEncode } from "./coder-errors.js";

const URN = "beam:coder:varint:v1";

class VarintCoder extends AtomicCoder<number> {
  readonly urn = URN;

  encode(value: number, out: ByteWriter): void {
    if (typeof value !== "number") throw cannotEncode(value, "a number", "varint");
    out.writeVarint(value);
  }

  decode(input: ByteReader): number {
    return input.readVarint();
  }
}

/**
 * Integers from -(2^53 - 1) to 2^53 - 1, small ones in few bytes. Anything outside throws
 * `UNSAFE_INTEGER` on both sides, because a number could not hold it exactly: see {@link varint64}.
 */
export const varint: AtomicCoder<number> = new VarintCoder();

/** Marks the bigint flavour where coders travel as plain data; other SDKs ignore it. */
export const VARINT64_PAYLOAD: Uint8Array = new TextEncoder().encode("bigint");

class Varint64Coder extends AtomicCoder<bigint> {
  readonly urn = URN;
  readonly payload = VARINT64_PAYLOAD;

  encode(value: bigint, out: ByteWriter): void {
    if (typeof value !== "bigint") throw cannotEncode(value, "a bigint", "varint64");
    if (BigInt.asIntN(64, value) !== value) {
      throw cannotEncode(value, "a signed 64-bit integer", "varint64");
    }
    out.writeVarint64(value);
  }

  decode(input: ByteReader): bigint {
    return input.readVarint64();
  }
}

/** Signed 64-bit integers as bigint, in the same bytes as {@link varint}. */
export const varint64: Coder<bigint> = new Varint64Coder();
