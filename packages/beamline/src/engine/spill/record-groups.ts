import { ByteReader } from "../../bytes/byte-reader.js";
import { hashBytes } from "../hash.js";
import type { LoadMemory } from "./load-memory.js";
import { HASH_BYTES, skipSized } from "./shuffle-records.js";

/** After the last record of a key: the first record of all follows none. */
export const LAST = 0;

/** Entries of a table that begins small: most have fewer keys than records. */
const FEWEST_SLOTS = 1024;
const FEWEST_KEYS = 512;
/** Words of a slot: the hash of a key, and its number, from one on. */
const SLOT = 2;
/** Words of a key: where its first and its last record begin. */
const KEY = 2;

/**
 * Groups the records in a memory by their keys' bytes, where they are: where a record had its hash it
 * has the place of the next one of its key then, so that a record takes no memory besides its own, and
 * going through values touches nothing but them. Groups come in the order in which their keys arrived.
 */
export class RecordGroups {
  private readonly memory: LoadMemory;
  private readonly reader: ByteReader;
  /** Where the first record begins. */
  private readonly start: number;
  private readonly end: number;
  private count = 0;
  /** For places in the table, in words. */
  private mask = 0;

  /**
   * @param memory - With whole records in it: theirs as long as they are used.
   * @param start - Where the first of them begins. Default: where the memory does.
   * @param end - Where the last of them ends. Default: where what is in memory ends.
   */
  constructor(memory: LoadMemory, start = 0, end = memory.length) {
    this.memory = memory;
    this.start = start;
    this.end = end;
    this.reader = new ByteReader(memory.bytes);
    if (memory.slots.length === 0) memory.slots = new Uint32Array(FEWEST_SLOTS * SLOT);
    if (memory.keys.length === 0) memory.keys = new Uint32Array(FEWEST_KEYS * KEY);
    this.mask = memory.slots.length - 1;
    memory.slots.fill(0);
    this.build();
  }

  /** The number of keys. */
  get size(): number {
    return this.count;
  }

  /** A reader over the encoded key of group `index`, the same each time. */
  key(index: number): ByteReader {
    const { reader, memory } = this;
    reader.position = this.start + this.head(index) + HASH_BYTES;
    reader.end = memory.length;
    const length = reader.readVarint();
    reader.end = reader.position + length;
    return reader;
  }

  /** The group of a key, or undefined where no record has it. */
  find(key: Uint8Array): number | undefined {
    const { memory, mask } = this;
    const { slots, bytes } = memory;
    const hash = hashBytes(key, 0, key.length);
    for (let slot = (hash << 1) & mask; ; slot = (slot + SLOT) & mask) {
      const group = slots[slot + 1] as number;
      if (group === 0) return undefined;
      if (slots[slot] !== hash) continue;
      const { position, end } = this.key(group - 1);
      if (bytes.compare(key, 0, key.length, position, end) === 0) return group - 1;
    }
  }

  /** The first record of group `index`: where it begins, from the first record of all on. */
  head(index: number): number {
    return (this.memory.keys[index * KEY] as number) - this.start;
  }

  /** How far behind the beginning of each record of group `index` its value begins. */
  valueOffset(index: number): number {
    const head = this.memory.keys[index * KEY] as number;
    return skipSized(this.memory.bytes, head + HASH_BYTES) - head;
  }

  /** Points `reader` at the value of a record; returns the next record of its key, or `LAST`. */
  seek(record: number, valueOffset: number, reader: ByteReader): number {
    const { bytes, view } = this.memory;
    const begin = this.start + record;
    const at = begin + valueOffset;
    const length = bytes[at] as number;
    reader.buffer = bytes;
    if (length < 0x80) {
      reader.position = at + 1;
      reader.end = at + 1 + length;
    } else {
      reader.position = at;
      reader.end = bytes.length;
      const long = reader.readVarint();
      reader.end = reader.position + long;
    }
    return view.getUint32(begin);
  }

  private build(): void {
    const { memory, start, end } = this;
    const { bytes, view } = memory;
    let { slots, keys } = memory;
    let { mask } = this;
    let count = 0;
    // Two thirds of the slots.
    let most = Math.floor(slots.length / 3);
    for (let at = start; at < end; ) {
      const hash = view.getUint32(at);
      const keyAt = at + HASH_BYTES;
      const keyEnd = skipSized(bytes, keyAt);
      const next = skipSized(bytes, keyEnd);
      for (let slot = (hash << 1) & mask; ; slot = (slot + SLOT) & mask) {
        const group = slots[slot + 1] as number;
        if (group === 0) {
          if (count * KEY === keys.length) keys = this.growKeys();
          keys[count * KEY] = at;
          keys[count * KEY + 1] = at;
          count++;
          slots[slot] = hash;
          slots[slot + 1] = count;
          if (count >= most) {
            slots = this.growSlots();
            mask = this.mask;
            most = Math.floor(slots.length / 3);
          }
          break;
        }
        if (slots[slot] !== hash) continue;
        const own = (group - 1) * KEY;
        if (!isSame(view, (keys[own] as number) + HASH_BYTES, keyAt, keyEnd)) continue;
        view.setUint32(keys[own + 1] as number, at - start);
        keys[own + 1] = at;
        break;
      }
      view.setUint32(at, LAST);
      at = next;
    }
    this.count = count;
  }

  private growKeys(): Uint32Array<ArrayBuffer> {
    const { memory } = this;
    const larger = new Uint32Array(memory.keys.length * 2);
    larger.set(memory.keys);
    memory.keys = larger;
    return larger;
  }

  private growSlots(): Uint32Array<ArrayBuffer> {
    const { memory } = this;
    const old = memory.slots;
    const larger = new Uint32Array(old.length * 2);
    const mask = larger.length - 1;
    for (let at = 0; at < old.length; at += SLOT) {
      const group = old[at + 1] as number;
      if (group === 0) continue;
      const hash = old[at] as number;
      let slot = (hash << 1) & mask;
      while (larger[slot + 1] !== 0) slot = (slot + SLOT) & mask;
      larger[slot] = hash;
      larger[slot + 1] = group;
    }
    memory.slots = larger;
    this.mask = mask;
    return larger;
  }
}

/** Whether the same bytes as in `[from, to)` begin at `other`: keys with their lengths before them. */
function isSame(view: DataView, other: number, from: number, to: number): boolean {
  const shift = other - from;
  const last = to - 4;
  if (last < from) {
    for (let at = from; at < to; at++) {
      if (view.getUint8(at) !== view.getUint8(at + shift)) return false;
    }
    return true;
  }
  for (let at = from; at < last; at += 4) {
    if (view.getInt32(at) !== view.getInt32(at + shift)) return false;
  }
  return view.getInt32(last) === view.getInt32(last + shift);
}
