import { ByteReader } from "../../bytes/byte-reader.js";
import { internalError } from "../../model/errors.js";
import type { Groups, Values } from "./groups.js";
import { HASH_BYTES, hasKey, skipSized } from "./shuffle-records.js";

/** The records of one hash, which are too many to be loaded. */
export interface HotRecords {
  /** Their keys, each behind its length. */
  keys(): readonly Buffer[];
  /** The values of one of these, from the first one on. */
  values(key: Buffer): Values;
}

/** The keys of one hash, whose values are too many to be loaded: they are read where they are. */
export class HotGroups implements Groups {
  private readonly records: HotRecords;
  private readonly keys: readonly Buffer[];

  constructor(records: HotRecords) {
    this.records = records;
    this.keys = records.keys();
  }

  get size(): number {
    return this.keys.length;
  }

  key(index: number): ByteReader {
    const reader = new ByteReader(this.keyBytes(index));
    reader.readVarint();
    return reader;
  }

  find(key: Uint8Array): number | undefined {
    const found = this.keys.findIndex((_own, index) => {
      const { buffer, position, end } = this.key(index);
      return buffer.compare(key, 0, key.length, position, end) === 0;
    });
    return found < 0 ? undefined : found;
  }

  values(index: number): Values {
    return this.records.values(this.keyBytes(index));
  }

  private keyBytes(index: number): Buffer {
    const key = this.keys[index];
    if (key === undefined) throw internalError("A group has no key");
    return key;
  }
}

/** Adds the key of the record at `at`, behind its length, unless it is there. */
export function addKey(keys: Buffer[], bytes: Uint8Array, at: number): void {
  // With its length before it: the same bytes have the same.
  for (const key of keys) if (hasKey(bytes, at, key)) return;
  const start = at + HASH_BYTES;
  keys.push(Buffer.from(bytes.subarray(start, skipSized(bytes, start))));
}
