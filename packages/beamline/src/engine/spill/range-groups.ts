import { releaseMemory } from "../../bytes/release.js";
import { viewOf } from "../../bytes/view-of.js";
import type { Groups } from "./groups.js";
import { HotGroups } from "./hot-groups.js";
import { type LoadMemory, LoadPool } from "./load-memory.js";
import { LoadedGroups } from "./loaded-groups.js";
import { RecordGroups } from "./record-groups.js";
import { copyRecord } from "./record-moves.js";
import { type HashRange, INDEX_BYTES, type Run, rangeOfSlice, runWithin } from "./run.js";
import type { RunReader } from "./run-reader.js";
import { hashAt, skipRecord } from "./shuffle-records.js";
import { cutBySize } from "./slice-sizes.js";
import { type RecordBytes, StreamedRecords } from "./streamed-values.js";

/** Parts that a range is divided into when it has to be looked at more closely. */
const BUCKETS = 1024;

/**
 * The groups of a range of hashes that lie in runs, as many at a time as `memory` holds: each key in
 * one of the groups that come, with all of its values.
 *
 * Most ranges are read once. Where slices are larger than memory, they are read again for each part
 * of them that fits; a key that alone is larger keeps its values on disk.
 */
export class RangeGroups implements Iterable<Groups> {
  private readonly reader: RunReader;
  private readonly runs: readonly Run[];
  private readonly range: HashRange;
  private readonly memory: number;
  private readonly most: number;
  private readonly pool: LoadPool;

  /**
   * @param memory - What a load should take.
   * @param most - What it may take, where slices are large. Default: twice as much.
   * @param pool - Has the memory of loads before and after. Default: it is given back.
   */
  constructor(
    reader: RunReader,
    runs: readonly Run[],
    range: HashRange,
    memory: number,
    most = 2 * memory,
    pool = new LoadPool(0),
  ) {
    this.reader = reader;
    this.runs = runs;
    this.range = range;
    this.memory = memory;
    this.most = most;
    this.pool = pool;
  }

  *[Symbol.iterator](): Generator<Groups, void, undefined> {
    for (const part of cutBySize(this.runs, this.range, this.memory)) {
      yield* part.size > this.most ? this.closer(part) : this.groups(part);
    }
  }

  /** Loads a range that should fit; one that does not after all is looked at more closely. */
  private *groups(range: HashRange): Generator<Groups, void, undefined> {
    const memory = this.pool.take();
    if (!this.load(range, memory, 1.5 * this.most)) {
      this.pool.give(memory);
      yield* this.closer(range);
      return;
    }
    const loaded = new RecordGroups(memory);
    const groups = new LoadedGroups(
      loaded,
      (again) => this.load(range, again, Infinity),
      this.pool,
    );
    try {
      if (groups.size > 0) yield groups;
    } finally {
      groups.close();
      this.pool.give(memory);
    }
  }

  /** Goes through a range that is larger than memory, in finer parts. */
  private *closer(range: HashRange): Generator<Groups, void, undefined> {
    const runs = this.runsOf(range);
    if (range.to - range.from === 1) {
      yield this.hot(runs, range.from);
      return;
    }
    const { memory } = this;
    const histogram = this.measure(runs, range);
    let from = range.from;
    let size = 0;
    for (let bucket = 0; bucket < histogram.buckets; bucket++) {
      const own = histogram.sizes[bucket] as number;
      const start = range.from + bucket * histogram.width;
      const end = Math.min(range.to, start + histogram.width);
      if (size + own > memory && size > 0) {
        yield* this.groups({ from, to: start });
        from = start;
        size = 0;
      }
      if (own > this.most) {
        yield* this.largeBucket(runs, { from: start, to: end }, histogram.majority(bucket));
        from = end;
      } else size += own;
    }
    if (size > 0) yield* this.groups({ from, to: range.to });
  }

  /** @param hash - The one that most of the bucket has, if it is known. */
  private *largeBucket(
    runs: readonly Run[],
    range: HashRange,
    hash: number | undefined,
  ): Generator<Groups, void, undefined> {
    if (hash === undefined) {
      yield* this.closer(range);
      return;
    }
    yield this.hot(runs, hash);
    if (hash > range.from) yield* this.groups({ from: range.from, to: hash });
    if (hash + 1 < range.to) yield* this.groups({ from: hash + 1, to: range.to });
  }

  private runsOf(range: HashRange): Run[] {
    return this.runs.flatMap((run) => runWithin(run, range) ?? []);
  }

  /** Puts the records of a range into `memory`; false once they take more than `most`. */
  private load(range: HashRange, memory: LoadMemory, most: number): boolean {
    const runs = this.runsOf(range);
    memory.reserve(Math.min(most, sizeWithin(runs, range)));
    let size = 0;
    for (const run of runs) {
      for (const { bytes, records, slice } of this.reader.frames(run)) {
        const own = rangeOfSlice(run.sliceBits, slice);
        const before = memory.length;
        const added =
          own.from >= range.from && own.to <= range.to
            ? addAll(memory, bytes, records)
            : addWithin(memory, bytes, range);
        releaseMemory(bytes);
        size += memory.length - before + added * INDEX_BYTES;
        if (size > most) return false;
      }
    }
    return true;
  }

  private measure(runs: readonly Run[], range: HashRange): Histogram {
    const histogram = new Histogram(range);
    for (const run of runs) {
      for (const { bytes } of this.reader.frames(run)) {
        histogram.add(bytes);
        releaseMemory(bytes);
      }
    }
    return histogram;
  }

  /** The keys of one hash: nearly always one. */
  private hot(runs: readonly Run[], hash: number): Groups {
    const own = runs.flatMap((run) => runWithin(run, { from: hash, to: hash + 1 }) ?? []);
    return new HotGroups(new StreamedRecords(hash, () => this.sources(own)));
  }

  private *sources(runs: readonly Run[]): Generator<RecordBytes, void, undefined> {
    for (const run of runs) {
      for (const { bytes } of this.reader.frames(run)) yield { bytes, isOwn: true };
    }
  }
}

/** How large the parts of a range are, and which hash most records of each have. */
class Histogram {
  readonly buckets: number;
  readonly width: number;
  readonly sizes: Float64Array;
  private readonly range: HashRange;
  /** A hash that would be that of most records, and by how much (Boyer and Moore 1981). */
  private readonly candidates: Float64Array;
  private readonly votes: Float64Array;

  constructor(range: HashRange) {
    const hashes = range.to - range.from;
    this.range = range;
    this.width = Math.ceil(hashes / BUCKETS);
    this.buckets = Math.ceil(hashes / this.width);
    this.sizes = new Float64Array(this.buckets);
    this.candidates = new Float64Array(this.buckets);
    this.votes = new Float64Array(this.buckets);
  }

  add(bytes: Buffer): void {
    const { range, width, sizes, candidates, votes } = this;
    for (let at = 0; at < bytes.length; ) {
      const hash = hashAt(bytes, at);
      const next = skipRecord(bytes, at);
      if (hash >= range.from && hash < range.to) {
        const size = next - at + INDEX_BYTES;
        const bucket = Math.floor((hash - range.from) / width);
        sizes[bucket] = (sizes[bucket] as number) + size;
        const lead = votes[bucket] as number;
        if (candidates[bucket] === hash) votes[bucket] = lead + size;
        else if (lead >= size) votes[bucket] = lead - size;
        else {
          candidates[bucket] = hash;
          votes[bucket] = size - lead;
        }
      }
      at = next;
    }
  }

  /** The hash of more than three quarters of a part's records, if there is one. */
  majority(bucket: number): number | undefined {
    const isMost = (this.votes[bucket] as number) * 2 > (this.sizes[bucket] as number);
    return isMost ? this.candidates[bucket] : undefined;
  }
}

/** About how large the records of a range are. */
function sizeWithin(runs: readonly Run[], range: HashRange): number {
  let size = 0;
  for (const { sliceBits, frames } of runs) {
    for (const [i, slice] of frames.slices.entries()) {
      const { from, to } = rangeOfSlice(sliceBits, slice);
      const share = (Math.min(to, range.to) - Math.max(from, range.from)) / (to - from);
      size += share * (frames.sizes[i] as number);
    }
  }
  return Math.ceil(size);
}

/** Adds all records of a frame; returns how many. */
function addAll(memory: LoadMemory, bytes: Buffer, records: number): number {
  makeRoom(memory, bytes.length);
  memory.bytes.set(bytes, memory.length);
  memory.length += bytes.length;
  return records;
}

/** Adds those records of a frame whose hashes are in the range; returns how many. */
function addWithin(memory: LoadMemory, bytes: Buffer, { from, to }: HashRange): number {
  const source = viewOf(bytes);
  let added = 0;
  for (let at = 0; at < bytes.length; ) {
    const hash = hashAt(bytes, at);
    const next = skipRecord(bytes, at);
    if (hash >= from && hash < to) {
      makeRoom(memory, next - at);
      copyRecord(bytes, source, at, next, memory.bytes, memory.view, memory.length);
      memory.length += next - at;
      added++;
    }
    at = next;
  }
  return added;
}

/** Room for what was estimated is there. */
function makeRoom(memory: LoadMemory, size: number): void {
  const needed = memory.length + size;
  if (needed > memory.bytes.length) memory.reserve(Math.max(needed, memory.bytes.length * 1.25));
}
