import { ByteReader } from "../../bytes/byte-reader.js";
import type { Groups, Values } from "./groups.js";
import { LoadMemory } from "./load-memory.js";
import { LAST, RecordGroups } from "./record-groups.js";

/**
 * Groups that have been loaded from elsewhere. Their memory is used again as soon as the next ones are
 * loaded, and not when a collector happens to run; whoever has kept values of them for later has them
 * loaded again, which gives the same records in the same order.
 */
export class LoadedGroups implements Groups {
  private readonly load: (memory: LoadMemory) => void;
  private current: RecordGroups | undefined;
  readonly size: number;

  /**
   * @param loaded - In memory that is theirs until they are closed.
   * @param load - Puts the same records into other memory.
   */
  constructor(loaded: RecordGroups, load: (memory: LoadMemory) => void) {
    this.load = load;
    this.current = loaded;
    this.size = this.current.size;
  }

  /** @internal */
  get records(): RecordGroups {
    if (this.current === undefined) {
      const memory = new LoadMemory();
      this.load(memory);
      this.current = new RecordGroups(memory);
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

  constructor(groups: LoadedGroups, index: number) {
    const { records } = groups;
    this.groups = groups;
    this.record = records.head(index);
    this.offset = records.valueOffset(index);
  }

  next(): ByteReader | undefined {
    if (this.record === undefined) return undefined;
    const next = this.groups.records.seek(this.record, this.offset, this.reader);
    this.record = next === LAST ? undefined : next;
    return this.reader;
  }
}

const NO_BYTES = Buffer.alloc(0);
