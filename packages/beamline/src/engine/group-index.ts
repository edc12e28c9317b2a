import { ByteReader } from "../bytes/byte-reader.js";
import { internalError } from "../model/errors.js";
import type { Block } from "./block.js";

/** A key and where its values are. */
export interface Group {
  /** A reader over the encoded key. */
  key(): ByteReader;
  /** A reader for each encoded value, in the order of arrival. Reused: decode before the next. */
  values(): Iterable<ByteReader>;
}

const NONE = -1;

/**
 * Groups the records of shuffle blocks by key bytes: a hash table of first records, and a chain of
 * records per key, all in typed arrays. Groups come in the order in which their keys arrived.
 */
export class GroupIndex {
  private readonly buffers: readonly Buffer[];
  /** Per record: its block, the offset of its key length, and the next record of the same key. */
  private readonly blockOf: Uint32Array;
  private readonly offsetOf: Uint32Array;
  private readonly nextOf: Int32Array;
  /** First and last record per key, in the order of arrival. */
  private readonly heads: number[] = [];
  private readonly tails: number[] = [];

  constructor(blocks: readonly Block[]) {
    this.buffers = blocks.map(({ bytes }) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    );
    const records = blocks.reduce((sum, block) => sum + block.records, 0);
    this.blockOf = new Uint32Array(records);
    this.offsetOf = new Uint32Array(records);
    this.nextOf = new Int32Array(records).fill(NONE);
    this.build(records);
  }

  get size(): number {
    return this.heads.length;
  }

  *groups(): Iterable<Group> {
    for (const head of this.heads) {
      yield { key: () => this.keyReader(head), values: () => this.valueReaders(head) };
    }
  }

  private build(records: number): void {
    const slots = new Int32Array(tableSize(records)).fill(NONE);
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
        hashes[record] = hash;
        this.blockOf[record] = block;
        this.offsetOf[record] = reader.position;
        skip(reader);
        skip(reader);
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
        slots[slot] = this.heads.length;
        this.heads.push(record);
        this.tails.push(record);
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

  private sameKey(a: number, b: number): boolean {
    const left = this.keyReader(a);
    const right = this.keyReader(b);
    const length = left.remaining;
    if (length !== right.remaining) return false;
    for (let i = 0; i < length; i++) {
      if (left.buffer[left.position + i] !== right.buffer[right.position + i]) return false;
    }
    return true;
  }

  private keyReader(record: number): ByteReader {
    return this.fieldReader(new ByteReader(this.bufferOf(record)), this.offsetOf[record] as number);
  }

  private *valueReaders(head: number): Iterable<ByteReader> {
    for (let record = head; record !== NONE; record = this.nextOf[record] as number) {
      const key = this.keyReader(record);
      const value = new ByteReader(key.buffer);
      yield this.fieldReader(value, key.end);
    }
  }

  /** Narrows `reader` to the length-prefixed field at `offset`. */
  private fieldReader(reader: ByteReader, offset: number): ByteReader {
    reader.position = offset;
    const length = reader.readVarint();
    reader.end = reader.position + length;
    return reader;
  }

  private bufferOf(record: number): Buffer {
    const buffer = this.buffers[this.blockOf[record] as number];
    if (buffer === undefined) throw internalError("A record lies in no block");
    return buffer;
  }
}

function skip(reader: ByteReader): void {
  const length = reader.readVarint();
  reader.position += length;
}

/** A power of two that leaves a third of the table empty or more. */
function tableSize(records: number): number {
  let size = 16;
  while (size * 2 < records * 3) size *= 2;
  return size;
}
