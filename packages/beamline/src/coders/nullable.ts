import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import type { Coder } from "./coder.js";
import { corruptBytes } from "./coder-errors.js";
import { decodeOuter, encodeOuter } from "./contexts.js";

/** The coder of values that may be null. */
export class NullableCoder<T> implements Coder<T | null> {
  readonly urn = "beam:coder:nullable:v1";
  readonly components: readonly [Coder<unknown>];
  readonly deterministic: boolean;
  readonly value: Coder<T>;

  constructor(value: Coder<T>) {
    this.value = value;
    this.components = [value];
    this.deterministic = value.deterministic;
  }

  encode(value: T | null, out: ByteWriter): void {
    out.writeByte(value === null ? 0 : 1);
    if (value !== null) this.value.encode(value, out);
  }

  decode(input: ByteReader): T | null {
    return readPresence(input) ? this.value.decode(input) : null;
  }

  encodeOuter(value: T | null, out: ByteWriter): void {
    out.writeByte(value === null ? 0 : 1);
    if (value !== null) encodeOuter(this.value, value, out);
  }

  decodeOuter(input: ByteReader): T | null {
    return readPresence(input) ? decodeOuter(this.value, input) : null;
  }
}

function readPresence(input: ByteReader): boolean {
  const byte = input.readByte();
  if (byte > 1) throw corruptBytes("the nullable value", `its first byte is ${byte}, not 0 or 1`);
  return byte === 1;
}

/** `value` or null: one byte more than `value`. */
export function nullable<T>(value: Coder<T>): NullableCoder<T> {
  return new NullableCoder(value);
}
