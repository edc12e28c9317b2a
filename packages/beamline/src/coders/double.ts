import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { AtomicCoder } from "./atomic-coder.js";
import { cannotEncode } from "./coder-errors.js";

class DoubleCoder extends AtomicCoder<number> {
  readonly urn = "beam:coder:double:v1";
  /** 0 and -0 are equal and have different bytes; NaN may have any of many. */
  override readonly deterministic = false;

  encode(value: number, out: ByteWriter): void {
    if (typeof value !== "number") throw cannotEncode(value, "a number", "double");
    out.writeFloat64(value);
  }

  decode(input: ByteReader): number {
    return input.readFloat64();
  }
}

/** Numbers as eight bytes, IEEE 754, big-endian. For keys, `deterministicCoder` gives `jsKey` instead. */
export const double: AtomicCoder<number> = new DoubleCoder();
