import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import type { Coder } from "./coder.js";
import { cannotEncode, corruptBytes } from "./coder-errors.js";

/** Elements may take no bytes at all; this many of them are believed without any. */
const MAX_EMPTY_ELEMENTS = 0x1_0000;
const MAX_COUNT = 0x7fff_ffff;

/** The coder of sequences. Any iterable encodes; what it decodes is an array. */
export class IterableCoder<T> implements Coder<Iterable<T>> {
  readonly urn = "beam:coder:iterable:v1";
  readonly components: readonly [Coder<unknown>];
  readonly deterministic: boolean;
  readonly element: Coder<T>;

  constructor(element: Coder<T>) {
    this.element = element;
    this.components = [element];
    this.deterministic = element.deterministic;
  }

  encode(values: Iterable<T>, out: ByteWriter): void {
    if (Array.isArray(values)) {
      out.writeInt32(values.length);
      for (let i = 0; i < values.length; i++) this.element.encode(values[i] as T, out);
      return;
    }
    if (typeof values !== "object" || values === null || !(Symbol.iterator in values)) {
      throw cannotEncode(values, "an array or other iterable object", "iterable");
    }
    const countAt = out.position;
    out.writeInt32(0);
    let count = 0;
    for (const value of values) {
      this.element.encode(value, out);
      count++;
    }
    if (count > MAX_COUNT) throw cannotEncode(values, "shorter than 2^31 elements", "iterable");
    out.buffer.writeInt32BE(count, countAt);
  }

  decode(input: ByteReader): T[] {
    const values: T[] = [];
    const count = input.readInt32();
    if (count >= 0) {
      this.decodeBlock(count, values, input);
      return values;
    }
    if (count !== -1) throw corruptBytes("the iterable", `its length is ${count}`);
    // The length was unknown when writing began: blocks, each with its count, end with an empty one.
    for (;;) {
      const block = input.readVarint();
      if (block === 0) return values;
      if (block < 0) throw corruptBytes("the iterable", `a block of it has length ${block}`);
      this.decodeBlock(block, values, input);
    }
  }

  private decodeBlock(count: number, into: T[], input: ByteReader): void {
    if (count > input.remaining && into.length + count > MAX_EMPTY_ELEMENTS) {
      throw corruptBytes(
        "the iterable",
        `${count} elements cannot stand in ${input.remaining} bytes`,
      );
    }
    for (let i = 0; i < count; i++) into.push(this.element.decode(input));
  }
}

/** Sequences of `element`s. Any iterable encodes; it decodes to an array. */
export function iterable<T>(element: Coder<T>): IterableCoder<T> {
  return new IterableCoder(element);
}
