import { ByteReader } from "../../bytes/byte-reader.js";
import { releaseMemory } from "../../bytes/release.js";
import { internalError } from "../../model/errors.js";
import type { Groups, Values } from "./groups.js";
import { HASH_BYTES, hashAt, hasKey, skipRecord, skipSized } from "./shuffle-records.js";
import { type RecordBytes, StreamedValues } from "./streamed-values.js";

/** The keys of one hash, whose values are too many to be loaded: they are read where they are. */
export class HotGroups implements Groups {
  private readonly hash: number;
  private readonly sources: () => Iterable<RecordBytes>;
  private readonly keys: readonly Buffer[];

  /**
   * @param sources - All records that may have the hash, each time anew.
   */
  constructor(hash: number, sources: () => Iterable<RecordBytes>) {
    this.hash = hash;
    this.sources = sources;
    this.keys = keysOf(hash, sources());
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
    const sources = this.sources()[Symbol.iterator]();
    return new StreamedValues(sources, this.hash, this.keyBytes(index));
  }

  private keyBytes(index: number): Buffer {
    const key = this.keys[index];
    if (key === undefined) throw internalError("A group has no key");
    return key;
  }
}

/** The keys of a hash, as records have them: each behind its length. */
function keysOf(hash: number, sources: Iterable<RecordBytes>): Buffer[] {
  const keys: Buffer[] = [];
  for (const { bytes, isOwn } of sources) {
    for (let at = 0; at < bytes.length; at = skipRecord(bytes, at)) {
      if (hashAt(bytes, at) !== hash) continue;
      // With its length before it: the same bytes have the same.
      if (keys.some((key) => hasKey(bytes, at, key))) continue;
      const start = at + HASH_BYTES;
      keys.push(Buffer.from(bytes.subarray(start, skipSized(bytes, start))));
    }
    if (isOwn) releaseMemory(bytes);
  }
  return keys;
}
