import { ByteReader } from "../bytes/byte-reader.js";
import type { Block } from "./block.js";
import { HASH_BYTES } from "./spill/shuffle-records.js";

/** Goes through records of keys and values. */
export interface RecordReader {
  /** Over the current record's key. */
  readonly key: ByteReader;
  /** Over the current record's value. */
  readonly value: ByteReader;
  /** Moves to the next record; false after the last one. */
  next(): boolean;
}

/** Goes through the records of shuffle blocks in the order in which they were written. */
export class ShuffleReader implements RecordReader {
  readonly key = new ByteReader(NO_BYTES);
  readonly value = new ByteReader(NO_BYTES);
  private readonly blocks: Iterator<Block>;
  private reader = new ByteReader(NO_BYTES);

  constructor(blocks: Iterable<Block>) {
    this.blocks = blocks[Symbol.iterator]();
  }

  next(): boolean {
    while (this.reader.remaining === 0) {
      const block = this.blocks.next();
      if (block.done === true) return false;
      this.reader = new ByteReader(block.value.bytes);
    }
    const { reader } = this;
    reader.take(HASH_BYTES);
    point(this.key, reader);
    point(this.value, reader);
    return true;
  }
}

const NO_BYTES = Buffer.alloc(0);

/** Points `view` at the length-prefixed bytes that come next, and moves past them. */
function point(view: ByteReader, reader: ByteReader): void {
  const length = reader.readVarint();
  view.buffer = reader.buffer;
  view.position = reader.take(length);
  view.end = view.position + length;
}
