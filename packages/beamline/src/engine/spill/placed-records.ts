import { ByteReader } from "../../bytes/byte-reader.js";
import { internalError } from "../../model/errors.js";
import type { Values } from "./groups.js";
import { addKey, type HotRecords } from "./hot-groups.js";
import { HASH_BYTES, hasKey } from "./shuffle-records.js";

/**
 * Records of one hash that stay where they are in blocks, and are not looked for again: four bytes are
 * kept for each.
 */
export class PlacedRecords implements HotRecords {
  private readonly blocks: readonly Buffer[];
  /** Where each record begins in its block, block by block. */
  private readonly places: Uint32Array;
  /** Of each block: how many records have come with its last one. */
  private readonly ends: Uint32Array;
  private count = 0;
  private readonly known: Buffer[] = [];

  /**
   * @param blocks - Which have them, and other records.
   * @param count - How many will be added.
   */
  constructor(blocks: readonly Buffer[], count: number) {
    this.blocks = blocks;
    this.places = new Uint32Array(count);
    this.ends = new Uint32Array(blocks.length);
  }

  /** Adds the record at `at` of a block, after all of those before it. */
  add(block: number, at: number): void {
    this.places[this.count++] = at;
    this.ends[block] = this.count;
    addKey(this.known, this.blocks[block] ?? NO_BYTES, at);
  }

  keys(): readonly Buffer[] {
    return this.known;
  }

  values(key: Buffer): Values {
    const cursor = new PlaceCursor(this.blocks, this.places, this.ends);
    return new PlacedValues(cursor, key, this.known.length === 1);
  }
}

/** Goes through places, from the first one on. */
class PlaceCursor {
  private readonly blocks: readonly Buffer[];
  private readonly places: Uint32Array;
  private readonly ends: Uint32Array;
  private index = -1;
  private block = -1;
  /** Up to where records lie in `bytes`. */
  private end = 0;
  /** What has the record, and where it begins. */
  bytes: Buffer = NO_BYTES;
  at = 0;

  constructor(blocks: readonly Buffer[], places: Uint32Array, ends: Uint32Array) {
    this.blocks = blocks;
    this.places = places;
    this.ends = ends;
  }

  /** Moves on; false after the last one. */
  next(): boolean {
    if (++this.index === this.places.length) {
      this.index--;
      return false;
    }
    // Blocks without any end at 0.
    while (this.index >= this.end) this.nextBlock();
    this.at = this.places[this.index] as number;
    return true;
  }

  private nextBlock(): void {
    const bytes = this.blocks[++this.block];
    if (bytes === undefined) throw internalError("A record lies in no block");
    this.bytes = bytes;
    this.end = this.ends[this.block] as number;
  }
}

/** The values of one key among records that others may have too, in the order of arrival. */
class PlacedValues implements Values {
  private readonly cursor: PlaceCursor;
  private readonly key: Buffer;
  private readonly isOnly: boolean;
  private readonly reader = new ByteReader(NO_BYTES);

  /** @param isOnly - No other key has the hash. */
  constructor(cursor: PlaceCursor, key: Buffer, isOnly: boolean) {
    this.cursor = cursor;
    this.key = key;
    this.isOnly = isOnly;
  }

  next(): ByteReader | undefined {
    const { cursor, key, isOnly, reader } = this;
    while (cursor.next()) {
      const { bytes, at } = cursor;
      if (!isOnly && !hasKey(bytes, at, key)) continue;
      reader.buffer = bytes;
      reader.position = at + HASH_BYTES + key.length;
      reader.end = bytes.length;
      const length = reader.readVarint();
      reader.end = reader.position + length;
      return reader;
    }
    return undefined;
  }
}

const NO_BYTES = Buffer.alloc(0);
