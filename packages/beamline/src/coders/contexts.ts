import { ByteReader } from "../bytes/byte-reader.js";
import { ByteWriter } from "../bytes/byte-writer.js";
import type { Coder } from "./coder.js";
import { corruptBytes } from "./coder-errors.js";

/** Writes `value` in the outer context: its form when nothing follows. */
export function encodeOuter<T>(coder: Coder<T>, value: T, out: ByteWriter): void {
  if (coder.encodeOuter === undefined) coder.encode(value, out);
  else coder.encodeOuter(value, out);
}

/** Reads the one value that fills `input` up to its end; bytes left over are an error. */
export function decodeOuter<T>(coder: Coder<T>, input: ByteReader): T {
  const value = coder.decodeOuter === undefined ? coder.decode(input) : coder.decodeOuter(input);
  if (input.position !== input.end) {
    throw corruptBytes("the value", `${input.remaining} bytes are left over`);
  }
  return value;
}

/** The bytes of one value in the nested context: as it stands among others. */
export function encodeNested<T>(coder: Coder<T>, value: T): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(64);
  coder.encode(value, out);
  return out.toBytes();
}

/** The bytes of one value that stands alone (outer context). */
export function encodeToBytes<T>(coder: Coder<T>, value: T): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(64);
  encodeOuter(coder, value, out);
  return out.toBytes();
}

/** The value of {@link encodeToBytes}'s bytes. */
export function decodeFromBytes<T>(coder: Coder<T>, bytes: Uint8Array): T {
  return decodeOuter(coder, new ByteReader(bytes));
}
