import { ByteReader } from "../../bytes/byte-reader.js";
import type { Groups, Values } from "./groups.js";
import { LoadMemory, type LoadPool } from "./load-memory.js";
import { LAST, RecordGroups } from "./record-groups.js";

/**
 * Groups that have been loaded from elsewhere. Their memory is used again as soon as the next ones are
 * loaded, and not when a collector happens to run; whoever has kept values of them for later has them
 * loaded again, which gives the same records in the same order: one load stays at a time, and those
 * that somebody goes through.
 */
export class LoadedGroups implements Groups {
  private readonly load: (memory: LoadMemory) => void;
  private readonly pool: LoadPool;
  /** @internal Its records have been loaded again. */
  isLate = false;
  private current: RecordGroups | undefined;
  readonly size: number;

  /**
   * @param loaded - In memory that is theirs until they are closed.
   * @param load - Puts the same records into other memory.
   * @param pool - Of the load's memory.
   */
  constructor(loaded: RecordGroups, load: (memory: LoadMemory) => void, pool: LoadPool) {
    this.load = load;
    this.pool = pool;
    this.current = loaded;
    this.size = this.current.size;
  }

  /** @internal */
  get records(): RecordGroups {
    if (this.current === undefined) {
      // The one before goes first.
      this.pool.keepLate(() => this.close());
      const memory = new LoadMemory();
      this.load(memory);
      this.current = new RecordGroups(memory);
      this.isLate = true;
    }
    return this.current;
  }

  key(index: number): ByteReader {
    return this.records.key(index);
  }

  find(key: Uint8Array): number | undefined {
    return this.records.find(key);
  }

  values(index: number): Values {
    return new LoadedValues(this, index);
  }

  /** Their memory is somebody else's again. */
  close(): void {
    this.current = undefined;
  }
}

class LoadedValues implements Values {
  private readonly groups: LoadedGroups;
  private readonly reader = new ByteReader(NO_BYTES);
  private readonly offset: number;
  private record: number | undefined;
  /** What was loaded again is not loaded once more for each value when two go through two loads. */
  private late: RecordGroups | undefined;

  constructor(groups: LoadedGroups, index: number) {
    const { records } = groups;
    this.groups = groups;
    if (groups.isLate) this.late = records;
    this.record = records.head(index);
    this.offset = records.valueOffset(index);
  }

  next(): ByteReader | undefined {
    if (this.record === undefined) {
      this.late = undefined;
      return undefined;
    }
    const records = this.late ?? this.groups.records;
    if (this.groups.isLate) this.late = records;
    const next = records.seek(this.record, this.offset, this.reader);
    this.record = next === LAST ? undefined : next;
    return this.reader;
  }
}

const NO_BYTES = Buffer.alloc(0);
