import { releaseMemory } from "../../bytes/release.js";
import { viewOf } from "../../bytes/view-of.js";
import type { Block } from "../block.js";
import { moveRecord } from "./record-moves.js";
import type { Run } from "./run.js";
import type { RunFile } from "./run-file.js";
import { hashAt, skipRecord } from "./shuffle-records.js";

/** At most so many slices: as many entries have the tables that sort them. */
const MOST_SLICE_BITS = 12;

export interface SortOptions {
  /** How large frames are to be, about, before they are compressed. */
  readonly frameBytes: number;
  /** Memory to sort in. */
  readonly workBytes: number;
}

/**
 * Writes the records of shuffle blocks to a run, sorted by the upper bits of their hashes: by as many
 * bits as make frames of a good size, so that whoever reads a range of hashes reads whole frames.
 *
 * A counting sort, partition by partition: one walk to learn how large each slice is, and one more
 * for as many slices as fit into the memory to sort in.
 */
export function writeSortedRun(file: RunFile, blocks: readonly Block[], options: SortOptions): Run {
  const bytes = blocks.reduce((sum, block) => sum + block.bytes.length, 0);
  const wanted = Math.ceil(Math.log2(Math.max(2, bytes / options.frameBytes)));
  const bits = Math.min(MOST_SLICE_BITS, wanted);
  const sorter = new SliceSorter(file, bits, options);
  try {
    for (const part of partitionsOf(blocks)) sorter.write(part);
  } finally {
    sorter.close();
  }
  return file.end(bits);
}

/** Blocks by partition, the lowest hashes first. */
function partitionsOf(blocks: readonly Block[]): Block[][] {
  const partitions = new Map<number, Block[]>();
  for (const block of blocks) {
    const present = partitions.get(block.partition);
    if (present === undefined) partitions.set(block.partition, [block]);
    else present.push(block);
  }
  return [...partitions].sort(([a], [b]) => a - b).map(([, part]) => part);
}

class SliceSorter {
  private readonly file: RunFile;
  private readonly shift: number;
  private readonly slices: number;
  private readonly options: SortOptions;
  private readonly sizes: Float64Array;
  private readonly counts: Uint32Array;
  private readonly places: Float64Array;
  /** A block, and behind it records in order: one memory, within which copies are cheap. */
  private memory = Buffer.alloc(0);

  constructor(file: RunFile, bits: number, options: SortOptions) {
    this.file = file;
    this.options = options;
    this.shift = 32 - bits;
    this.slices = 2 ** bits;
    this.sizes = new Float64Array(this.slices);
    this.counts = new Uint32Array(this.slices);
    this.places = new Float64Array(this.slices);
  }

  write(blocks: readonly Block[]): void {
    const { sizes, slices } = this;
    const { workBytes } = this.options;
    const largest = this.measure(blocks);
    for (let from = 0; from < slices; ) {
      let to = from;
      let size = 0;
      while (to < slices && (size === 0 || size + (sizes[to] as number) <= workBytes)) {
        size += sizes[to++] as number;
      }
      if (size > workBytes) this.writeLarge(blocks, to - 1);
      else if (size > 0) this.writeSlices(blocks, { from, to, size, largest });
      from = to;
    }
  }

  close(): void {
    releaseMemory(this.memory);
  }

  /** Learns the sizes of slices; returns that of the largest block. */
  private measure(blocks: readonly Block[]): number {
    const { sizes, counts, shift } = this;
    sizes.fill(0);
    counts.fill(0);
    let largest = 0;
    for (const { bytes } of blocks) {
      largest = Math.max(largest, bytes.length);
      for (let at = 0; at < bytes.length; ) {
        const slice = hashAt(bytes, at) >>> shift;
        const next = skipRecord(bytes, at);
        sizes[slice] = (sizes[slice] as number) + next - at;
        counts[slice] = (counts[slice] as number) + 1;
        at = next;
      }
    }
    return largest;
  }

  /** Writes slices `[from, to)`, which fit into memory. */
  private writeSlices(
    blocks: readonly Block[],
    { from, to, size, largest }: { from: number; to: number; size: number; largest: number },
  ): void {
    const { sizes, counts, places, shift } = this;
    if (this.memory.length < largest + size) {
      releaseMemory(this.memory);
      this.memory = Buffer.allocUnsafeSlow(largest + size);
    }
    const { memory } = this;
    const view = viewOf(memory);
    let place = largest;
    for (let slice = from; slice < to; slice++) {
      places[slice] = place;
      place += sizes[slice] as number;
    }
    for (const { bytes } of blocks) {
      memory.set(bytes);
      const end = bytes.length;
      for (let at = 0; at < end; ) {
        const slice = hashAt(memory, at) >>> shift;
        const next = skipRecord(memory, at);
        if (slice >= from && slice < to) {
          const target = places[slice] as number;
          moveRecord(memory, view, target, at, next);
          places[slice] = target + next - at;
        }
        at = next;
      }
    }
    place = largest;
    for (let slice = from; slice < to; slice++) {
      const length = sizes[slice] as number;
      if (length === 0) continue;
      this.frames(memory.subarray(place, place + length), counts[slice] as number, slice);
      place += length;
    }
  }

  /** Writes a slice, in as many frames as it takes. */
  private frames(bytes: Buffer, records: number, slice: number): void {
    const { frameBytes } = this.options;
    if (bytes.length <= 2 * frameBytes) {
      this.file.add(bytes, records, slice);
      return;
    }
    let start = 0;
    let count = 0;
    for (let at = 0; at < bytes.length; ) {
      at = skipRecord(bytes, at);
      count++;
      if (at - start < frameBytes && at < bytes.length) continue;
      this.file.add(bytes.subarray(start, at), count, slice);
      start = at;
      count = 0;
    }
  }

  /** Writes a slice that is larger than the memory to sort in: a key with very many values. */
  private writeLarge(blocks: readonly Block[], large: number): void {
    const { shift } = this;
    const { frameBytes } = this.options;
    let frame = Buffer.allocUnsafeSlow(2 * frameBytes);
    let length = 0;
    let records = 0;
    for (const { bytes } of blocks) {
      for (let at = 0; at < bytes.length; ) {
        const next = skipRecord(bytes, at);
        if (hashAt(bytes, at) >>> shift === large) {
          if (length + next - at > frame.length) {
            if (length > 0) this.file.add(frame.subarray(0, length), records, large);
            length = 0;
            records = 0;
            if (next - at > frame.length) frame = Buffer.allocUnsafeSlow(next - at);
          }
          frame.set(bytes.subarray(at, next), length);
          length += next - at;
          records++;
        }
        at = next;
      }
    }
    if (length > 0) this.file.add(frame.subarray(0, length), records, large);
  }
}
