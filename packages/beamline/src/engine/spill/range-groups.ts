import type { Groups } from "./groups.js";
import { HotGroups } from "./hot-groups.js";
import { LoadedGroups } from "./loaded-groups.js";
import { releaseMemory } from "./release.js";
import { type HashRange, INDEX_BYTES, type Run, rangeOfSlice, runWithin } from "./run.js";
import type { RunReader } from "./run-reader.js";
import { hashAt, skipRecord, skipSized } from "./shuffle-records.js";
import { cutBySize } from "./slice-sizes.js";

/** Records in memory. */
interface Records {
  readonly bytes: Buffer;
  readonly records: number;
}

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

  /**
   * @param memory - What a load should take.
   * @param most - What it may take, where slices are large. Default: twice as much.
   */
  constructor(
    reader: RunReader,
    runs: readonly Run[],
    range: HashRange,
    memory: number,
    most = 2 * memory,
  ) {
    this.reader = reader;
    this.runs = runs;
    this.range = range;
    this.memory = memory;
    this.most = most;
  }

  *[Symbol.iterator](): Generator<Groups, void, undefined> {
    for (const part of cutBySize(this.runs, this.range, this.memory)) {
      yield* part.size > this.most ? this.closer(part) : this.groups(part);
    }
  }

  /** Loads a range that should fit; one that does not after all is looked at more closely. */
  private *groups(range: HashRange): Generator<Groups, void, undefined> {
    const loaded = this.load(range, 1.5 * this.most);
    if (loaded === undefined) {
      yield* this.closer(range);
      return;
    }
    if (loaded.length === 0) return;
    const groups = new LoadedGroups(loaded, () => this.load(range, Infinity) ?? []);
    try {
      yield groups;
    } finally {
      groups.release();
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

  /** The records of a range, or undefined once they take more memory than `most`. */
  private load(range: HashRange, most: number): Records[] | undefined {
    const loaded: Records[] = [];
    let size = 0;
    for (const run of this.runsOf(range)) {
      for (const { bytes, records, slice } of this.reader.frames(run)) {
        const own = rangeOfSlice(run.sliceBits, slice);
        const kept =
          own.from >= range.from && own.to <= range.to
            ? { bytes, records }
            : keepRange(bytes, range);
        if (kept.records === 0) continue;
        loaded.push(kept);
        size += kept.bytes.length + kept.records * INDEX_BYTES;
        if (size > most) {
          for (const each of loaded) releaseMemory(each.bytes);
          return undefined;
        }
      }
    }
    return loaded;
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
    const range = { from: hash, to: hash + 1 };
    const own = runs.flatMap((run) => runWithin(run, range) ?? []);
    const keys: Buffer[] = [];
    for (const run of own) {
      for (const { bytes } of this.reader.frames(run)) {
        for (let at = 0; at < bytes.length; ) {
          const next = skipRecord(bytes, at);
          if (hashAt(bytes, at) === hash) addKey(keys, bytes, at + 4);
          at = next;
        }
        releaseMemory(bytes);
      }
    }
    return new HotGroups(this.reader, own, hash, keys);
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

/** The records of a range, of a frame that is used for nothing else. */
function keepRange(bytes: Buffer, { from, to }: HashRange): Records {
  let end = 0;
  let records = 0;
  for (let at = 0; at < bytes.length; ) {
    const hash = hashAt(bytes, at);
    const next = skipRecord(bytes, at);
    if (hash >= from && hash < to) {
      bytes.copyWithin(end, at, next);
      end += next - at;
      records++;
    }
    at = next;
  }
  if (end > bytes.length / 2) return { bytes: bytes.subarray(0, end), records };
  // The rest of the frame would stay with it.
  const own = Buffer.allocUnsafeSlow(end);
  bytes.copy(own, 0, 0, end);
  releaseMemory(bytes);
  return { bytes: own, records };
}

function addKey(keys: Buffer[], bytes: Buffer, at: number): void {
  const end = skipSized(bytes, at);
  // With its length before it: the same bytes have the same.
  for (const key of keys) if (key.compare(bytes, at, end) === 0) return;
  keys.push(Buffer.from(bytes.subarray(at, end)));
}
