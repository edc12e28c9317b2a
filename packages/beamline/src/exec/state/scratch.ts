import { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import { readLatin1 } from "../../bytes/latin1.js";
import type { Coder } from "../../coders/coder.js";

/** The nested form of a value, through one writer for all that a step encodes. */
export class Scratch {
  private readonly writer = new ByteWriter(256);

  bytesOf(coder: Coder<unknown>, value: unknown): Uint8Array {
    const { writer } = this;
    writer.reset();
    coder.encode(value, writer);
    return writer.toBytes();
  }

  bytesOfAll(coder: Coder<unknown>, values: readonly unknown[], from = 0): Uint8Array {
    const { writer } = this;
    writer.reset();
    for (let i = from; i < values.length; i++) coder.encode(values[i], writer);
    return writer.toBytes();
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
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return readLatin1(buffer, 0, buffer.length);
}
