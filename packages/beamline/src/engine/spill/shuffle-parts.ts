import { viewOf } from "../../bytes/view-of.js";
import type { Block } from "../block.js";
import type { LoadMemory } from "./load-memory.js";
import { PlacedRecords } from "./placed-records.js";
import { copyRecord } from "./record-moves.js";
import { INDEX_BYTES } from "./run.js";
import { hashAt, skipRecord } from "./shuffle-records.js";

/** At most so many bits: each part is written where it goes on, and caches have so many lines. */
const MOST_BITS = 8;

/** Mixes the bits of a hash: records of one partition share the upper ones, tables use the lower. */
const MIX = 0x9e3779b1;

/** No hash: they are not negative. */
const NO_HASH = -1;

/**
 * The records of blocks in parts of about one size, by hash, each as small as processors' caches. Keys
 * that alone make a part much larger are hot, and in none.
 */
export class ShuffleParts {
  private readonly blocks: readonly Block[];
  private readonly shift: number;
  /** Of each part: its bytes, and its records. */
  private readonly sizes: Float64Array;
  private readonly counts: Float64Array;
  /** Of each part: a hash that most of it might have, and by how much (Boyer and Moore 1981). */
  private readonly candidates: Float64Array;
  private readonly votes: Float64Array;
  /** Of each part: the hash whose records are left out of it, or none, and how many these are. */
  private readonly excluded: Float64Array;
  private readonly excludedCounts: Float64Array;

  /**
   * @param bytes - Of all blocks.
   * @param loadBytes - What each part should take, the table that groups it included.
   */
  constructor(blocks: readonly Block[], bytes: number, loadBytes: number) {
    const wanted = Math.ceil(Math.log2(Math.max(2, bytes / loadBytes)));
    const bits = Math.min(MOST_BITS, wanted);
    const parts = 2 ** bits;
    this.blocks = blocks;
    this.shift = 32 - bits;
    this.sizes = new Float64Array(parts);
    this.counts = new Float64Array(parts);
    this.candidates = new Float64Array(parts);
    this.votes = new Float64Array(parts);
    this.excluded = new Float64Array(parts).fill(NO_HASH);
    this.excludedCounts = new Float64Array(parts);
    this.measure();
    this.exclude(2 * loadBytes);
  }

  /** The records of hot keys, by hash: they are too many to be copied. */
  hotRecords(): readonly PlacedRecords[] {
    const { blocks, shift, excluded, excludedCounts } = this;
    if (!this.excludesAny) return [];
    const buffers = blocks.map(({ bytes: { buffer, byteOffset, byteLength } }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    );
    const records = Array.from(excludedCounts, (count) =>
      count === 0 ? undefined : new PlacedRecords(buffers, count),
    );
    for (const [block, bytes] of buffers.entries()) {
      for (let at = 0; at < bytes.length; at = skipRecord(bytes, at)) {
        const hash = hashAt(bytes, at);
        const part = Math.imul(hash, MIX) >>> shift;
        if (excluded[part] === hash) records[part]?.add(block, at);
      }
    }
    return records.filter((each) => each !== undefined);
  }

  /** Copies all parts into a memory, one behind the other; returns where each ends. */
  copyAll(memory: LoadMemory): Float64Array {
    const { sizes, shift, excluded, blocks } = this;
    const places = new Float64Array(sizes.length);
    let total = 0;
    for (const [part, size] of sizes.entries()) {
      places[part] = total;
      total += size;
    }
    memory.reserve(total);
    memory.length = total;
    const { bytes: target, view } = memory;
    for (const { bytes } of blocks) {
      const source = viewOf(bytes);
      for (let at = 0; at < bytes.length; ) {
        const hash = source.getUint32(at);
        const next = skipRecord(bytes, at);
        const part = Math.imul(hash, MIX) >>> shift;
        if (excluded[part] !== hash) {
          const place = places[part] as number;
          copyRecord(bytes, source, at, next, target, view, place);
          places[part] = place + next - at;
        }
        at = next;
      }
    }
    return places;
  }

  /** Copies one part into a memory. */
  copyPart(part: number, memory: LoadMemory): void {
    const { shift, excluded, blocks } = this;
    memory.reserve(this.sizes[part] as number);
    for (const { bytes } of blocks) {
      const source = viewOf(bytes);
      for (let at = 0; at < bytes.length; ) {
        const hash = source.getUint32(at);
        const next = skipRecord(bytes, at);
        if (Math.imul(hash, MIX) >>> shift === part && excluded[part] !== hash) {
          copyRecord(bytes, source, at, next, memory.bytes, memory.view, memory.length);
          memory.length += next - at;
        }
        at = next;
      }
    }
  }

  private get excludesAny(): boolean {
    return this.excluded.some((hash) => hash !== NO_HASH);
  }

  private measure(): void {
    const { blocks, shift, sizes, counts, candidates, votes } = this;
    for (const { bytes } of blocks) {
      for (let at = 0; at < bytes.length; ) {
        const hash = hashAt(bytes, at);
        const next = skipRecord(bytes, at);
        const size = next - at;
        const part = Math.imul(hash, MIX) >>> shift;
        sizes[part] = (sizes[part] as number) + size;
        counts[part] = (counts[part] as number) + 1;
        const lead = votes[part] as number;
        if (candidates[part] === hash) votes[part] = lead + size;
        else if (lead >= size) votes[part] = lead - size;
        else {
          candidates[part] = hash;
          votes[part] = size - lead;
        }
        at = next;
      }
    }
  }

  /** Takes the hash that is most of it out of each part that takes more than `most` bytes. */
  private exclude(most: number): void {
    const { blocks, shift, sizes, counts, candidates, votes, excluded, excludedCounts } = this;
    for (const [part, size] of sizes.entries()) {
      const isLarge = size + (counts[part] as number) * INDEX_BYTES > most;
      if (isLarge && (votes[part] as number) * 2 > size)
        excluded[part] = candidates[part] as number;
    }
    if (!this.excludesAny) return;
    for (const { bytes } of blocks) {
      for (let at = 0; at < bytes.length; ) {
        const hash = hashAt(bytes, at);
        const next = skipRecord(bytes, at);
        const part = Math.imul(hash, MIX) >>> shift;
        if (excluded[part] === hash) {
          excludedCounts[part] = (excludedCounts[part] as number) + 1;
          sizes[part] = (sizes[part] as number) - (next - at);
        }
        at = next;
      }
    }
  }
}
