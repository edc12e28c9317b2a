import { ByteReader } from "../../bytes/byte-reader.js";
import { releaseMemory } from "../../bytes/release.js";
import type { Values } from "./groups.js";
import { addKey, type HotRecords } from "./hot-groups.js";
import { HASH_BYTES, hashAt, hasKey, skipRecord } from "./shuffle-records.js";

/** Encoded records, one after the other. */
export interface RecordBytes {
  readonly bytes: Buffer;
  /** It is the memory of whoever has read it. */
  readonly isOwn: boolean;
}

/** Records of one hash, which are looked for among all that may have it, each time anew. */
export class StreamedRecords implements HotRecords {
  private readonly hash: number;
  private readonly sources: () => Iterable<RecordBytes>;

  /**
   * @param sources - All records that may have the hash, each time from the first one on.
   */
  constructor(hash: number, sources: () => Iterable<RecordBytes>) {
    this.hash = hash;
    this.sources = sources;
  }

  keys(): Buffer[] {
    const keys: Buffer[] = [];
    for (const { bytes, isOwn } of this.sources()) {
      for (let at = 0; at < bytes.length; at = skipRecord(bytes, at)) {
        if (hashAt(bytes, at) === this.hash) addKey(keys, bytes, at);
      }
      if (isOwn) releaseMemory(bytes);
    }
    return keys;
  }

  values(key: Buffer): Values {
    return new StreamedValues(this.sources()[Symbol.iterator](), this.hash, key);
  }
}

/** The values of one key among many records, which are gone through as values are asked for. */
class StreamedValues implements Values {
  private readonly sources: Iterator<RecordBytes>;
  private readonly hash: number;
  private readonly key: Buffer;
  private readonly reader = new ByteReader(NO_BYTES);
  private bytes: Buffer = NO_BYTES;
  private isOwn = false;
  private at = 0;

  /**
   * @param sources - All that may have some of them.
   * @param key - Behind its length.
   */
  constructor(sources: Iterator<RecordBytes>, hash: number, key: Buffer) {
    this.sources = sources;
    this.hash = hash;
    this.key = key;
  }

  next(): ByteReader | undefined {
    const { reader, hash, key } = this;
    for (;;) {
      while (this.at === this.bytes.length) {
        if (this.isOwn) releaseMemory(this.bytes);
        const source = this.sources.next();
        const { bytes, isOwn } = source.done === true ? NOTHING : source.value;
        this.bytes = bytes;
        this.isOwn = isOwn;
        this.at = 0;
        if (source.done === true) return undefined;
      }
      const { bytes, at } = this;
      this.at = skipRecord(bytes, at);
      if (hashAt(bytes, at) !== hash || !hasKey(bytes, at, key)) continue;
      reader.buffer = bytes;
      reader.position = at + HASH_BYTES + key.length;
      reader.end = this.at;
      reader.readVarint();
      return reader;
    }
  }
}

const NO_BYTES = Buffer.alloc(0);
const NOTHING: RecordBytes = { bytes: NO_BYTES, isOwn: false };
