import { viewOf } from "../../bytes/view-of.js";

/** A key that finds no room so close to its place is not kept: see {@link TextTable.add}. */
const PROBES = 64;
const FEWEST_BITS = 8;
/** How full the slots may be. */
const FULL = 1 / 2;
/** Odd numbers that spread what differs over the upper bits of a product (Knuth, TAOCP 6.4). */
const GOLDEN = 0x9e3779b1;
const SILVER = 0x85ebca6b;
const KEY_BYTES = 8;
/** A table is made small again when it is cleared with fewer entries than this part of it, or more bytes. */
const SPARSE = 8;
const MOST_KEPT = 1 << 20;
/** A slot is four numbers: first and last bytes of a key, its tag, and its entry plus one. */
const SLOT = 4;
const SLOT_SHIFT = 2;

/** No such key. */
export const ABSENT = -1;

/**
 * A value for each of many texts, which are looked up and kept as bytes: no string is made of them.
 *
 * A slot of the hash table holds the first and the last four bytes of a key, so that keys of up to
 * eight, which most words are, are found without a look at anything else. The bytes of all keys lie
 * one after the other besides.
 */
export class TextTable {
  /** By entry, in the order in which they were added. */
  readonly values: unknown[] = [];
  private slots: Int32Array;
  private bits = FEWEST_BITS;
  /** Where each entry's bytes begin; behind the last one, where they end. */
  private starts = new Uint32Array(2 ** FEWEST_BITS);
  private keys: Buffer;
  private keysView: DataView;
  private bytes: Buffer;
  private view: DataView;
  /** Of the key that was looked up last. */
  private head = 0;
  private tail = 0;
  private tag = 0;

  constructor() {
    this.slots = new Int32Array(SLOT << FEWEST_BITS);
    this.keys = Buffer.allocUnsafeSlow(KEY_BYTES << FEWEST_BITS);
    this.keysView = viewOf(this.keys);
    this.bytes = this.keys;
    this.view = this.keysView;
  }

  get size(): number {
    return this.values.length;
  }

  /** Of all keys together. */
  get keyBytes(): number {
    return this.starts[this.values.length] as number;
  }

  /** The entry of the text in `bytes` from `start` to `end`, or {@link ABSENT}. */
  find(bytes: Buffer, start: number, end: number): number {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = viewOf(bytes);
    }
    const { view, slots, bits } = this;
    const length = end - start;
    let head: number;
    let tail: number;
    // The length of a short key; of a longer one a hash of what is in between, with the upper bit.
    let tag = length;
    if (length >= 4) {
      head = view.getInt32(start, true);
      tail = view.getInt32(end - 4, true);
      if (length > 8) tag = this.middle(start, end);
    } else {
      head = 0;
      for (let at = start; at < end; at++) head = (head << 8) | (bytes[at] as number);
      tail = head;
    }
    this.head = head;
    this.tail = tail;
    this.tag = tag;
    const mask = (SLOT << bits) - 1;
    let slot = (placeOf(head, tail, tag) >>> (32 - bits)) << SLOT_SHIFT;
    for (let probe = 0; probe < PROBES; probe++) {
      const entry = (slots[slot + 3] as number) - 1;
      if (entry < 0) return ABSENT;
      if (slots[slot] === head && slots[slot + 1] === tail && slots[slot + 2] === tag) {
        if (tag >= 0 || this.isKey(entry, start, end)) return entry;
      }
      slot = (slot + SLOT) & mask;
    }
    return ABSENT;
  }

  /**
   * Adds the text that {@link find} has just not found; {@link ABSENT} where it finds no room near
   * its place, as the last of many that collide.
   */
  add(bytes: Buffer, start: number, end: number, value: unknown): number {
    const { values } = this;
    const entry = values.length;
    if (entry + 1 >= this.starts.length * FULL) this.grow();
    if (!this.place(this.head, this.tail, this.tag, entry)) return ABSENT;
    const from = this.starts[entry] as number;
    const to = from + end - start;
    if (to > this.keys.length) this.widen(to);
    const { keys } = this;
    for (let at = start, target = from; at < end; at++, target++)
      keys[target] = bytes[at] as number;
    this.starts[entry + 1] = to;
    values.push(value);
    return entry;
  }

  /** Calls back with each entry's bytes, which are the table's, and its value. */
  each(visit: (bytes: Buffer, start: number, end: number, value: unknown) => void): void {
    const { keys, starts, values } = this;
    for (let entry = 0; entry < values.length; entry++) {
      visit(keys, starts[entry] as number, starts[entry + 1] as number, values[entry]);
    }
  }

  /** The text of an entry. */
  keyOf(entry: number): string {
    return this.keys.toString("utf8", this.starts[entry], this.starts[entry + 1]);
  }

  /** Stays as large as it is where it was well filled: the next bundle has as many keys. */
  clear(): void {
    const { values } = this;
    if (values.length === 0) return;
    const isSparse = values.length * SPARSE < this.starts.length;
    if (isSparse || this.keys.length > MOST_KEPT) this.shrink();
    else this.slots.fill(0);
    values.length = 0;
    // What was looked up is not kept.
    this.bytes = this.keys;
    this.view = this.keysView;
  }

  private shrink(): void {
    this.bits = FEWEST_BITS;
    this.slots = new Int32Array(SLOT << FEWEST_BITS);
    this.starts = new Uint32Array(2 ** FEWEST_BITS);
    this.keys = Buffer.allocUnsafeSlow(KEY_BYTES << FEWEST_BITS);
    this.keysView = viewOf(this.keys);
  }

  /** A hash of a longer text without its ends, four bytes at a time. */
  private middle(start: number, end: number): number {
    const { view } = this;
    const last = end - 4;
    let hash = end - start;
    for (let at = start + 4; at < last; at += 4) {
      // The last four overlap with the end.
      hash = Math.imul(hash ^ view.getInt32(at, true), SILVER);
      hash ^= hash >>> 15;
    }
    return hash | 0x8000_0000;
  }

  /** Whether an entry is the text, of which first and last bytes are known to be the same. */
  private isKey(entry: number, start: number, end: number): boolean {
    const { starts, keysView, view } = this;
    const from = starts[entry] as number;
    const length = end - start;
    if ((starts[entry + 1] as number) - from !== length) return false;
    for (let i = 4; i < length - 4; i += 4) {
      if (keysView.getInt32(from + i, true) !== view.getInt32(start + i, true)) return false;
    }
    return true;
  }

  private place(head: number, tail: number, tag: number, entry: number): boolean {
    const { slots, bits } = this;
    const mask = (SLOT << bits) - 1;
    let slot = (placeOf(head, tail, tag) >>> (32 - bits)) << SLOT_SHIFT;
    for (let probe = 0; probe < PROBES; probe++) {
      if (slots[slot + 3] === 0) {
        slots[slot] = head;
        slots[slot + 1] = tail;
        slots[slot + 2] = tag;
        slots[slot + 3] = entry + 1;
        return true;
      }
      slot = (slot + SLOT) & mask;
    }
    return false;
  }

  /** Entries that find no room now keep their values, and are not found again. */
  private grow(): void {
    const { slots } = this;
    this.bits++;
    this.slots = new Int32Array(SLOT << this.bits);
    const starts = new Uint32Array(2 ** this.bits);
    starts.set(this.starts);
    this.starts = starts;
    for (let slot = 0; slot < slots.length; slot += SLOT) {
      const entry = (slots[slot + 3] as number) - 1;
      if (entry < 0) continue;
      this.place(
        slots[slot] as number,
        slots[slot + 1] as number,
        slots[slot + 2] as number,
        entry,
      );
    }
  }

  private widen(needed: number): void {
    const { keys } = this;
    this.keys = Buffer.allocUnsafeSlow(Math.max(needed, keys.length * 2));
    keys.copy(this.keys);
    this.keysView = viewOf(this.keys);
  }
}

/** @internal A hash of a key, of which the upper bits count. */
export function placeOf(head: number, tail: number, tag: number): number {
  let mixed = Math.imul(tail ^ Math.imul(tag, GOLDEN), SILVER);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ head, SILVER);
  return Math.imul(mixed ^ (mixed >>> 15), GOLDEN);
}
