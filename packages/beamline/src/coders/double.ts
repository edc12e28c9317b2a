import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { AtomicCoder } from "./atomic-coder.js";
import { cannotEncode } from "./coder-errors.js";

class DoubleCoder extends AtomicCoder<number> {
  readonly urn = "beam:coder:double:v1";

  encode(value: number, out: ByteWriter): void {
    if (typeof value !== "number") throw cannotEncode(value, "a number", "double");
    out.writeFloat64(value);
  }

  decode(input: ByteReader): number {
    return input.readFloat64();
  }
}

/**
 * Numbers as eight bytes, IEEE 754, big-endian. As keys, -0 and 0 differ, as they do in every Beam
 * SDK; the `jsKey` coder makes them one.
 */
export const double: AtomicCoder<number> = new DoubleCoder();
