import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import type { Coder } from "./coder.js";
import { decodeOuter, encodeOuter } from "./contexts.js";

/** The coder of values behind a varint of their length, so that a reader can skip them. */
export class LengthPrefixCoder<T> implements Coder<T> {
  readonly urn = "beam:coder:length_prefix:v1";
  readonly components: readonly [Coder<unknown>];
  readonly deterministic: boolean;
  readonly value: Coder<T>;

  constructor(value: Coder<T>) {
    this.value = value;
    this.components = [value];
    this.deterministic = value.deterministic;
  }

  encode(value: T, out: ByteWriter): void {
    const start = out.position;
    encodeOuter(this.value, value, out);
    out.insertLength(start);
  }

  decode(input: ByteReader): T {
    const length = input.readLength();
    const { end } = input;
    input.end = input.position + length;
    // On an error the reader stays narrowed: nothing can be read from it any more.
    const value = decodeOuter(this.value, input);
    input.end = end;
    return value;
  }
}

/** `value` in its outer form behind its length in bytes. */
export function lengthPrefix<T>(value: Coder<T>): LengthPrefixCoder<T> {
  return new LengthPrefixCoder(value);
}
