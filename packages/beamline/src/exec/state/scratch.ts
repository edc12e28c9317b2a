import { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import { readLatin1 } from "../../bytes/latin1.js";
import type { Coder } from "../../coders/coder.js";

/** Small byte strings share memory in pieces of this size: one of their own costs more than they hold. */
const SLAB_BYTES = 4096;
const SMALL_BYTES = 512;

/** The nested form of values, through one writer for all that a step encodes. */
export class Scratch {
  private readonly writer = new ByteWriter(256);
  private slab = Buffer.alloc(0);
  private used = 0;

  /** Bytes that stay as they are. They may share memory with others: copy them to hand them over. */
  bytesOf(coder: Coder<unknown>, value: unknown): Buffer {
    const { writer } = this;
    writer.reset();
    coder.encode(value, writer);
    return this.keep();
  }

  bytesOfAll(coder: Coder<unknown>, values: readonly unknown[]): Buffer {
    const { writer } = this;
    writer.reset();
    for (const value of values) coder.encode(value, writer);
    return this.keep();
  }

  /** The encoding as a text that can be the key of a Map. */
  textOf(coder: Coder<unknown>, value: unknown): string {
    const { writer } = this;
    writer.reset();
    coder.encode(value, writer);
    return readLatin1(writer.buffer, 0, writer.position);
  }

  private keep(): Buffer {
    const { buffer, position } = this.writer;
    if (position > SMALL_BYTES) return Buffer.from(buffer.subarray(0, position));
    if (this.used + position > this.slab.length) {
      this.slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.used = 0;
    }
    const start = this.used;
    this.used = start + position;
    buffer.copy(this.slab, start, 0, position);
    return this.slab.subarray(start, this.used);
  }
}

/** Values one after the other, in pieces that may end within one. */
export function decodeAll(coder: Coder<unknown>, pieces: readonly Uint8Array[]): unknown[] {
  const [first] = pieces;
  if (first === undefined) return [];
  const reader = new ByteReader(pieces.length === 1 ? first : Buffer.concat(pieces));
  const values: unknown[] = [];
  while (reader.remaining > 0) values.push(coder.decode(reader));
  return values;
}

/** Bytes as a text that can be the key of a Map. */
export function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return readLatin1(buffer, 0, buffer.length);
}
