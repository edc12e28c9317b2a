import { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import type { SideChunk } from "./bundle-work.js";

/** Numbers in the range of the keys, for each key, at most: more would be a waste of memory. */
const SPREAD = 4;
/** What stands for a key with several records. */
const TWICE = 0xffff_ffff;

/**
 * Finds the record of a key where keys are whole numbers that lie close together, as those of most
 * tables do: each number of their range has a place, so there is nothing to hash and to compare.
 */
export class DenseSideTable {
  private readonly buffers: readonly Buffer[];
  /** Where each buffer begins, if they stood one behind the other. */
  private readonly starts: readonly number[];
  private readonly least: number;
  /** One more than where the value of a key lies, behind `least`; 0 for none. */
  private readonly places: Uint32Array;
  private readonly reader = new ByteReader(Buffer.alloc(0));

  private constructor(
    buffers: readonly Buffer[],
    keys: Float64Array,
    at: Uint32Array,
    least: number,
    range: number,
  ) {
    this.buffers = buffers;
    let start = 0;
    this.starts = buffers.map(({ length }) => {
      start += length;
      return start - length;
    });
    this.least = least;
    this.places = new Uint32Array(range);
    for (let i = 0; i < keys.length; i++) {
      const key = (keys[i] as number) - least;
      this.places[key] = this.places[key] === 0 ? (at[i] as number) + 1 : TWICE;
    }
  }

  /** Undefined where the keys are of another kind. */
  static of(chunks: readonly SideChunk[], key: Coder<unknown>): DenseSideTable | undefined {
    const buffers = chunks.map(({ bytes }) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    );
    const records = chunks.reduce((sum, chunk) => sum + chunk.records, 0);
    if (records === 0 || buffers.reduce((sum, { length }) => sum + length, 0) >= TWICE - 1) {
      return undefined;
    }
    const keys = new Float64Array(records);
    const at = new Uint32Array(records);
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let [next, start] = [0, 0];
    for (const buffer of buffers) {
      const reader = new ByteReader(buffer);
      while (reader.remaining > 0) {
        reader.position += HASH_BYTES;
        const length = reader.readVarint();
        const end = reader.position + length;
        const decoded = key.decode(reader);
        if (!Number.isSafeInteger(decoded) || next === records || reader.position !== end) {
          return undefined;
        }
        const number = decoded as number;
        if (number < least) least = number;
        if (number > most) most = number;
        keys[next] = number;
        at[next++] = start + end;
        const size = reader.readVarint();
        reader.position += size;
      }
      start += buffer.length;
    }
    const range = most - least + 1;
    if (range > records * SPREAD || next !== records) return undefined;
    return new DenseSideTable(buffers, keys, at, least, range);
  }

  /**
   * A reader over the encoded value of a key, the same one each time; undefined where there is none.
   * Throws what `twice` makes where there are several.
   */
  find(key: unknown, twice: () => Error): ByteReader | undefined {
    if (typeof key !== "number") return undefined;
    // Undefined beyond the range and between its numbers.
    const place = this.places[key - this.least];
    if (place === undefined || place === 0) return undefined;
    if (place === TWICE) throw twice();
    const { buffers, starts, reader } = this;
    let last = starts.length - 1;
    while ((starts[last] as number) >= place) last--;
    const buffer = buffers[last] as Buffer;
    reader.buffer = buffer;
    reader.end = buffer.length;
    reader.position = place - 1 - (starts[last] as number);
    const size = reader.readVarint();
    reader.end = reader.position + size;
    return reader;
  }
}

/** Before each record. */
const HASH_BYTES = 4;
