import { ByteReader } from "../../bytes/byte-reader.js";
import { GroupIndex, NONE, type Records } from "../group-index.js";
import type { Groups, Values } from "./groups.js";

/**
 * Groups that have been loaded from disk. Their memory is given back as soon as the next ones are
 * loaded, and not when a collector happens to run; whoever has kept values of them for later has them
 * loaded again, which gives the same records in the same order.
 */
export class LoadedGroups implements Groups {
  private readonly load: () => readonly Records[];
  private current: GroupIndex | undefined;
  readonly size: number;

  /** @param load - Loads the same again. */
  constructor(loaded: readonly Records[], load: () => readonly Records[]) {
    this.load = load;
    this.current = new GroupIndex(loaded);
    this.size = this.current.size;
  }

  /** @internal */
  get index(): GroupIndex {
    this.current ??= new GroupIndex(this.load());
    return this.current;
  }

  key(index: number): ByteReader {
    return this.index.key(index);
  }

  find(key: Uint8Array): number | undefined {
    return this.index.find(key);
  }

  values(index: number): Values {
    return new LoadedValues(this, this.index.head(index));
  }

  release(): void {
    this.current?.release();
    this.current = undefined;
  }
}

class LoadedValues implements Values {
  private readonly groups: LoadedGroups;
  private readonly reader = new ByteReader(Buffer.alloc(0));
  private record: number;

  constructor(groups: LoadedGroups, head: number) {
    this.groups = groups;
    this.record = head;
  }

  next(): ByteReader | undefined {
    if (this.record === NONE) return undefined;
    this.record = this.groups.index.seek(this.record, this.reader);
    return this.reader;
  }
}
