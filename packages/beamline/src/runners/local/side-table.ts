import { ByteReader } from "../../bytes/byte-reader.js";
import { hashBytes } from "../../engine/hash.js";
import { internalError } from "../../model/errors.js";
import type { SideChunk } from "./bundle-work.js";

/** Words of a slot: the key's hash, the chunk and whether it is the only one, where the key lies. */
const WORDS = 3;
/** In the second word, of a key that has more than one record. */
const TWICE = 0x8000_0000;

/**
 * Finds the record of a key in the chunks of a side input. Made for lookups in great numbers and in
 * any order: what one needs lies in one place in the table and one in the chunk, because of a table
 * that is larger than the processor's caches each place costs as much as all else.
 */
export class SideTable {
  private readonly buffers: readonly Buffer[];
  private readonly slots: Uint32Array;
  private readonly mask: number;
  private readonly reader = new ByteReader(Buffer.alloc(0));

  constructor(chunks: readonly SideChunk[]) {
    this.buffers = chunks.map(({ bytes }) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    );
    const records = chunks.reduce((sum, chunk) => sum + chunk.records, 0);
    const size = tableSize(records);
    this.mask = size - 1;
    this.slots = new Uint32Array(size * WORDS);
    this.build(records);
  }

  /**
   * A reader over the encoded value of a key, the same one each time; undefined where there is none.
   * Calls `twice` where there are several.
   */
  find(key: Uint8Array, twice: () => Error): ByteReader | undefined {
    const { slots, mask, reader } = this;
    const { length } = key;
    const hash = hashBytes(key, 0, length) >>> 0;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      const place = slots[at + 1] as number;
      if (place === 0) return undefined;
      if (slots[at] !== hash) continue;
      const buffer = this.bufferOf(place);
      reader.buffer = buffer;
      reader.end = buffer.length;
      reader.position = slots[at + 2] as number;
      if (reader.readVarint() !== length || !isAt(buffer, reader.position, key)) continue;
      if (place >= TWICE) throw twice();
      reader.position += length;
      const size = reader.readVarint();
      reader.end = reader.position + size;
      return reader;
    }
  }

  private build(records: number): void {
    let seen = 0;
    for (const [chunk, buffer] of this.buffers.entries()) {
      const reader = new ByteReader(buffer);
      while (reader.remaining > 0) {
        seen++;
        const hash = buffer.readUInt32BE(reader.position);
        reader.position += 4;
        const start = reader.position;
        const length = reader.readVarint();
        const key = reader.position;
        reader.position += length;
        const size = reader.readVarint();
        reader.position += size;
        if (seen <= records) this.place(hash, chunk + 1, start, buffer, key, length);
      }
    }
    if (seen !== records) throw internalError("A side input has other records than it says");
  }

  private place(
    hash: number,
    place: number,
    start: number,
    buffer: Buffer,
    key: number,
    length: number,
  ): void {
    const { slots, mask } = this;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      const taken = slots[at + 1] as number;
      if (taken === 0) {
        slots[at] = hash;
        slots[at + 1] = place;
        slots[at + 2] = start;
        return;
      }
      if (slots[at] !== hash) continue;
      const other = this.bufferOf(taken);
      const reader = new ByteReader(other, slots[at + 2] as number);
      if (reader.readVarint() !== length) continue;
      if (!isAt(other, reader.position, buffer.subarray(key, key + length))) continue;
      slots[at + 1] = (taken | TWICE) >>> 0;
      return;
    }
  }

  private bufferOf(place: number): Buffer {
    const buffer = this.buffers[(place & ~TWICE) - 1];
    if (buffer === undefined) throw internalError("A record lies in no chunk");
    return buffer;
  }
}

/** In place: keys are short, and a call into native code costs more than they do. */
function isAt(buffer: Buffer, at: number, key: Uint8Array): boolean {
  for (let i = 0; i < key.length; i++) if (buffer[at + i] !== key[i]) return false;
  return true;
}

/** A power of two that leaves a third of the table empty or more. */
function tableSize(records: number): number {
  let size = 16;
  while (size * 2 < records * 3) size *= 2;
  return size;
}
