import { ByteReader } from "../../bytes/byte-reader.js";
import { hashBytes } from "../../engine/hash.js";
import { HASH_BYTES } from "../../engine/spill/shuffle-records.js";
import { internalError } from "../../model/errors.js";
import type { SideRecords } from "./side-records.js";

/** In the tag of a key that has more than one record. */
const TWICE = 0x80;
/** What a table takes of each slot: a tag and a place. */
const SLOT_BYTES = 5;

/**
 * Finds the record of a key in the chunks of a side input. Made for lookups in great numbers and in
 * any order: what one needs lies in few places, because of a table that is larger than the
 * processor's caches each place costs as much as all else.
 */
export class SideTable {
  private readonly records: SideRecords;
  /** Six bits of the hash of the key that a slot has, and whether it comes twice; 0 for none. */
  private readonly tags: Uint8Array;
  /** Where its record begins. */
  private readonly places: Uint32Array;
  private readonly mask: number;

  constructor(records: SideRecords) {
    this.records = records;
    const size = tableSize(records.count);
    this.mask = size - 1;
    this.tags = new Uint8Array(size);
    this.places = new Uint32Array(size);
    this.build();
  }

  /** What a table over so many records takes, in bytes. */
  static sizeOf(records: number): number {
    return tableSize(records) * SLOT_BYTES;
  }

  /**
   * A reader over the encoded value of a key, the same one each time; undefined where there is none.
   * Calls `twice` where there are several.
   */
  find(key: Uint8Array, twice: () => Error): ByteReader | undefined {
    const { tags, places, mask, records } = this;
    const { length } = key;
    const hash = hashBytes(key, 0, length) >>> 0;
    const wanted = tagOf(hash);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const tag = tags[slot] as number;
      if (tag === 0) return undefined;
      if ((tag & ~TWICE) !== wanted) continue;
      const reader = records.readerAt((places[slot] as number) + HASH_BYTES);
      if (reader.readVarint() !== length || !isAt(reader.buffer, reader.position, key)) continue;
      if (tag >= TWICE) throw twice();
      reader.position += length;
      const size = reader.readVarint();
      reader.end = reader.position + size;
      return reader;
    }
  }

  private build(): void {
    const { buffers, starts, count } = this.records;
    let seen = 0;
    for (const [i, buffer] of buffers.entries()) {
      const start = starts[i] as number;
      const reader = new ByteReader(buffer);
      while (reader.remaining > 0) {
        if (seen++ === count) break;
        const at = reader.position;
        const hash = buffer.readUInt32BE(at);
        reader.position += HASH_BYTES;
        const length = reader.readVarint();
        const key = reader.position;
        reader.position += length;
        const size = reader.readVarint();
        reader.position += size;
        this.place(hash, start + at, buffer.subarray(key, key + length));
      }
    }
    if (seen !== count) throw internalError("A side input has other records than it says");
  }

  private place(hash: number, place: number, key: Uint8Array): void {
    const { tags, places, mask, records } = this;
    const wanted = tagOf(hash);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const tag = tags[slot] as number;
      if (tag === 0) {
        tags[slot] = wanted;
        places[slot] = place;
        return;
      }
      if ((tag & ~TWICE) !== wanted) continue;
      const other = records.readerAt((places[slot] as number) + HASH_BYTES);
      if (other.readVarint() !== key.length || !isAt(other.buffer, other.position, key)) continue;
      tags[slot] = tag | TWICE;
      return;
    }
  }
}

/** Six of the upper bits, since the lower ones say which slot, above a 1: never 0. */
function tagOf(hash: number): number {
  return (hash >>> 25) | 1;
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
