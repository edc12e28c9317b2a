import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { AtomicCoder } from "./atomic-coder.js";
import { cannotEncode } from "./coder-errors.js";

class BytesCoder extends AtomicCoder<Uint8Array> {
  readonly urn = "beam:coder:bytes:v1";

  encode(value: Uint8Array, out: ByteWriter): void {
    if (!(value instanceof Uint8Array)) throw cannotEncode(value, "a Uint8Array", "bytes");
    out.writeVarint(value.length);
    out.writeBytes(value);
  }

  decode(input: ByteReader): Uint8Array {
    return copyBytes(input, input.readLength());
  }

  encodeOuter(value: Uint8Array, out: ByteWriter): void {
    if (!(value instanceof Uint8Array)) throw cannotEncode(value, "a Uint8Array", "bytes");
    out.writeBytes(value);
  }

  decodeOuter(input: ByteReader): Uint8Array {
    return copyBytes(input, input.remaining);
  }
}

/** A copy, so that an element neither pins nor shares the block that it arrived in. */
function copyBytes(input: ByteReader, length: number): Uint8Array {
  const start = input.take(length);
  const copy = new Uint8Array(length);
  const { buffer } = input;
  if (length > 48) copy.set(buffer.subarray(start, start + length));
  else for (let i = 0; i < length; i++) copy[i] = buffer[start + i] as number;
  return copy;
}

/** Byte strings. */
export const bytes: BytesCoder = new BytesCoder();
