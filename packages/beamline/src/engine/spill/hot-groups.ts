import { ByteReader } from "../../bytes/byte-reader.js";
import { internalError } from "../../model/errors.js";
import type { Groups, Values } from "./groups.js";
import { releaseMemory } from "./release.js";
import type { Run } from "./run.js";
import type { Frame, RunReader } from "./run-reader.js";
import { hashAt, skipRecord } from "./shuffle-records.js";

/** The keys of one hash, whose values do not fit in memory: they are read from disk, each time anew. */
export class HotGroups implements Groups {
  private readonly reader: RunReader;
  private readonly runs: readonly Run[];
  private readonly hash: number;
  private readonly keys: readonly Buffer[];

  /**
   * @param runs - All that may have values of these keys.
   * @param keys - As records have them: each behind its length.
   */
  constructor(reader: RunReader, runs: readonly Run[], hash: number, keys: readonly Buffer[]) {
    this.reader = reader;
    this.runs = runs;
    this.hash = hash;
    this.keys = keys;
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
    return new StreamedValues(this.frames(), this.hash, this.keyBytes(index));
  }

  private keyBytes(index: number): Buffer {
    const key = this.keys[index];
    if (key === undefined) throw internalError("A group has no key");
    return key;
  }

  private *frames(): Generator<Frame, void, undefined> {
    for (const run of this.runs) yield* this.reader.frames(run);
  }
}

class StreamedValues implements Values {
  private readonly frames: Iterator<Frame>;
  private readonly hash: number;
  private readonly key: Buffer;
  private readonly reader = new ByteReader(NO_BYTES);
  private bytes: Buffer = NO_BYTES;
  private at = 0;

  constructor(frames: Iterator<Frame>, hash: number, key: Buffer) {
    this.frames = frames;
    this.hash = hash;
    this.key = key;
  }

  next(): ByteReader | undefined {
    const { reader, hash, key } = this;
    for (;;) {
      while (this.at === this.bytes.length) {
        releaseMemory(this.bytes);
        const frame = this.frames.next();
        if (frame.done === true) {
          this.bytes = NO_BYTES;
          this.at = 0;
          return undefined;
        }
        this.bytes = frame.value.bytes;
        this.at = 0;
      }
      const { bytes, at } = this;
      this.at = skipRecord(bytes, at);
      if (hashAt(bytes, at) !== hash) continue;
      if (!hasKey(bytes, at + HASH_BYTES, key)) continue;
      reader.buffer = bytes;
      reader.position = at + HASH_BYTES + key.length;
      reader.end = this.at;
      reader.readVarint();
      return reader;
    }
  }
}

function hasKey(bytes: Buffer, at: number, key: Buffer): boolean {
  for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false;
  return true;
}

const HASH_BYTES = 4;

const NO_BYTES = Buffer.alloc(0);
