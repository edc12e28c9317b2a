import { hashBytes } from "../hash.js";
import type { Groups } from "./groups.js";
import { RangeGroups } from "./range-groups.js";
import { ALL_HASHES, type HashRange, INDEX_BYTES, type Run } from "./run.js";
import type { RunReader } from "./run-reader.js";

/** Parts of the runs that are in memory at once. */
const BUCKETS = 16;

/** A key that has been found. */
export interface Found {
  readonly groups: Groups;
  readonly group: number;
}

/** Looks up keys whose records lie on disk, a range of hashes at a time: the last ones stay. */
export class RunLookup {
  private readonly reader: RunReader;
  private readonly runs: readonly Run[];
  private readonly memory: number;
  private readonly width: number;
  /** By the first hash of each, the last to be used last. */
  private readonly buckets = new Map<number, Bucket>();

  /** @param memory - What it may take, in bytes. */
  constructor(reader: RunReader, runs: readonly Run[], memory: number) {
    this.reader = reader;
    this.runs = runs;
    this.memory = memory / BUCKETS;
    const size = runs.reduce((sum, run) => sum + run.bytes + run.records * INDEX_BYTES, 0);
    // Half of what fits, since ranges are not equally large.
    const wanted = Math.ceil(Math.log2(Math.max(1, (2 * size) / this.memory)));
    this.width = 2 ** Math.max(0, 32 - wanted);
  }

  find(key: Uint8Array): Found | undefined {
    const hash = hashBytes(key, 0, key.length);
    return this.bucketAt(hash - (hash % this.width)).find(key);
  }

  /** All groups, as many at a time as fit. */
  all(): Iterable<Groups> {
    return this.groups(ALL_HASHES);
  }

  private bucketAt(from: number): Bucket {
    const { buckets } = this;
    let bucket = buckets.get(from);
    if (bucket === undefined) {
      const [oldest] = buckets;
      if (buckets.size >= BUCKETS && oldest !== undefined) {
        oldest[1].close();
        buckets.delete(oldest[0]);
      }
      bucket = new Bucket(this.groups({ from, to: from + this.width }));
    } else buckets.delete(from);
    buckets.set(from, bucket);
    return bucket;
  }

  private groups(range: HashRange): RangeGroups {
    return new RangeGroups(this.reader, this.runs, range, this.memory);
  }
}

/** The groups of a range: nearly always one load. */
class Bucket {
  private readonly range: RangeGroups;
  private loads: Generator<Groups, void, undefined>;
  private current: Groups | undefined;
  /** How many loads there are, once that is known. */
  private total: number | undefined;

  constructor(range: RangeGroups) {
    this.range = range;
    this.loads = range[Symbol.iterator]();
  }

  find(key: Uint8Array): Found | undefined {
    const here = this.current === undefined ? undefined : findIn(this.current, key);
    if (here !== undefined || (this.total === 1 && this.current !== undefined)) return here;
    return this.findIn(this.loads, key) ?? this.findFromStart(key);
  }

  close(): void {
    this.loads.return();
  }

  /** Goes through all loads, and knows then how many there are. */
  private findFromStart(key: Uint8Array): Found | undefined {
    let total = 0;
    this.loads = this.counted(() => total++);
    const found = this.findIn(this.loads, key);
    if (found !== undefined) return found;
    this.total = total;
    this.loads = this.range[Symbol.iterator]();
    // Where there is but one, it stays for the keys to come.
    if (total === 1) this.next(this.loads);
    return undefined;
  }

  private *counted(count: () => void): Generator<Groups, void, undefined> {
    for (const groups of this.range) {
      count();
      yield groups;
    }
  }

  private findIn(loads: Generator<Groups, void, undefined>, key: Uint8Array): Found | undefined {
    for (let groups = this.next(loads); groups !== undefined; groups = this.next(loads)) {
      const found = findIn(groups, key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private next(loads: Generator<Groups, void, undefined>): Groups | undefined {
    const next = loads.next();
    this.current = next.done === true ? undefined : next.value;
    return this.current;
  }
}

function findIn(groups: Groups, key: Uint8Array): Found | undefined {
  const group = groups.find(key);
  return group === undefined ? undefined : { groups, group };
}
