import { ByteReader } from "../bytes/byte-reader.js";
import { internalError } from "../model/errors.js";
import type { Block } from "./block.js";
import { hashBytes } from "./hash.js";
import type { Groups, Values } from "./spill/groups.js";

/** No record: the end of a chain. */
export const NONE = -1;

/** What a block of shuffled records holds, in memory of any kind. */
type Records = Partial<Block> & Pick<Block, "bytes" | "records">;

/**
 * Groups records that stay where they are, and that others read at the same time, by key bytes: a hash
 * table of first records, and a chain of records per key, all in typed arrays. Groups come in the order
 * in which their keys arrived. What a thread has for itself is grouped by `RecordGroups`, faster.
 */
export class GroupIndex implements Groups {
  private readonly buffers: readonly Buffer[];
  /** Per record: its block, where its key is in there, and the next record of the same key. */
  private readonly blockOf: Uint32Array<ArrayBuffer>;
  private readonly keyAt: Uint32Array<ArrayBuffer>;
  private readonly keyLength: Uint32Array<ArrayBuffer>;
  private readonly nextOf: Int32Array<ArrayBuffer>;
  /** First and last record per key, in the order of arrival. */
  private readonly heads: Uint32Array<ArrayBuffer>;
  private readonly tails: Uint32Array<ArrayBuffer>;
  private keys = 0;
  /** The hash table: groups by the lower bits of their keys' hashes. */
  private readonly slots: Int32Array<ArrayBuffer>;

  constructor(blocks: readonly Records[]) {
    this.buffers = blocks.map(({ bytes }) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    );
    const records = blocks.reduce((sum, block) => sum + block.records, 0);
    this.blockOf = new Uint32Array(records);
    this.keyAt = new Uint32Array(records);
    this.keyLength = new Uint32Array(records);
    this.nextOf = new Int32Array(records).fill(NONE);
    this.heads = new Uint32Array(records);
    this.tails = new Uint32Array(records);
    this.slots = new Int32Array(tableSize(records)).fill(NONE);
    this.build(records);
  }

  /** The number of keys. */
  get size(): number {
    return this.keys;
  }

  /** The group of a key, or undefined where no record has it. */
  find(key: Uint8Array): number | undefined {
    const { slots } = this;
    const hash = hashBytes(key, 0, key.length);
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const group = slots[slot] as number;
      if (group === NONE) return undefined;
      if (this.hasKey(this.heads[group] as number, key)) return group;
    }
  }

  /** A reader over the encoded key of group `index`. */
  key(index: number): ByteReader {
    const head = this.heads[index] as number;
    const at = this.keyAt[head] as number;
    return new ByteReader(this.bufferOf(head), at, at + (this.keyLength[head] as number));
  }

  /** Goes through the encoded values of group `index`; every call begins anew. */
  values(index: number): ValueCursor {
    return new ValueCursor(this, this.head(index));
  }

  /** @internal The first record of group `index`. */
  head(index: number): number {
    return this.heads[index] as number;
  }

  /** @internal Points `reader` at the value of `record`; returns the next record of its key. */
  seek(record: number, reader: ByteReader): number {
    reader.buffer = this.bufferOf(record);
    reader.end = reader.buffer.length;
    reader.position = (this.keyAt[record] as number) + (this.keyLength[record] as number);
    const length = reader.readVarint();
    reader.end = reader.position + length;
    return this.nextOf[record] as number;
  }

  private build(records: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    const hashes = new Uint32Array(records);
    let record = 0;
    for (const [block, buffer] of this.buffers.entries()) {
      const reader = new ByteReader(buffer);
      while (reader.remaining > 0) {
        if (record === records)
          throw internalError("A shuffle block has more records than it says");
        const hash = buffer.readUInt32BE(reader.position);
        reader.position += 4;
        const length = reader.readVarint();
        hashes[record] = hash;
        this.blockOf[record] = block;
        this.keyAt[record] = reader.position;
        this.keyLength[record] = length;
        reader.position += length;
        const valueLength = reader.readVarint();
        reader.position += valueLength;
        this.place(record, hash, slots, mask, hashes);
        record++;
      }
    }
  }

  private place(
    record: number,
    hash: number,
    slots: Int32Array,
    mask: number,
    hashes: Uint32Array,
  ): void {
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const group = slots[slot] as number;
      if (group === NONE) {
        slots[slot] = this.keys;
        this.heads[this.keys] = record;
        this.tails[this.keys] = record;
        this.keys++;
        return;
      }
      const head = this.heads[group] as number;
      if (hashes[head] === hash && this.sameKey(head, record)) {
        this.nextOf[this.tails[group] as number] = record;
        this.tails[group] = record;
        return;
      }
    }
  }

  /** Compares in place: keys are short, and a call into native code costs more than they do. */
  private sameKey(a: number, b: number): boolean {
    const length = this.keyLength[a] as number;
    if (length !== this.keyLength[b]) return false;
    const left = this.bufferOf(a);
    const right = this.bufferOf(b);
    const atLeft = this.keyAt[a] as number;
    const atRight = this.keyAt[b] as number;
    for (let i = 0; i < length; i++) {
      if (left[atLeft + i] !== right[atRight + i]) return false;
    }
    return true;
  }

  private hasKey(record: number, key: Uint8Array): boolean {
    if (key.length !== this.keyLength[record]) return false;
    const buffer = this.bufferOf(record);
    const at = this.keyAt[record] as number;
    for (let i = 0; i < key.length; i++) if (buffer[at + i] !== key[i]) return false;
    return true;
  }

  private bufferOf(record: number): Buffer {
    const buffer = this.buffers[this.blockOf[record] as number];
    if (buffer === undefined) throw internalError("A record lies in no block");
    return buffer;
  }
}

/** Goes through the values of one key, in the order of arrival. */
export class ValueCursor implements Values {
  private readonly index: GroupIndex;
  private readonly reader = new ByteReader(NO_BYTES);
  private record: number;

  constructor(index: GroupIndex, head: number) {
    this.index = index;
    this.record = head;
  }

  /** A reader over the next encoded value, the same one each time; undefined after the last. */
  next(): ByteReader | undefined {
    if (this.record === NONE) return undefined;
    this.record = this.index.seek(this.record, this.reader);
    return this.reader;
  }
}

const NO_BYTES = Buffer.alloc(0);

/** A power of two that leaves a third of the table empty or more. */
function tableSize(records: number): number {
  let size = 16;
  while (size * 2 < records * 3) size *= 2;
  return size;
}
