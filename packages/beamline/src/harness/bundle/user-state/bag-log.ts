import { ByteReader } from "../../../bytes/byte-reader.js";
import { ByteWriter } from "../../../bytes/byte-writer.js";
import type { BagStore } from "../../../exec/state/ports.js";
import type { StateScope } from "../../../model/state-scope.js";

/** Records beyond twice what they come to are written anew as what they come to. */
const SLACK = 16;

/** What a log's records come to. */
export interface LogContent {
  /** Applies a record. */
  read(record: ByteReader): void;
  /** The fewest records that come to the same. */
  write(out: ByteWriter): void;
  readonly size: number;
}

interface Log<Content> {
  readonly scope: StateScope;
  readonly content: Content;
  /** Whether `content` has what the bag had when the bundle began. */
  loaded: boolean;
  /** Records in the bag and in `added`. */
  records: number;
  /** The records of this bundle. */
  readonly added: ByteWriter;
  /** The bag is to be cleared before anything is added. */
  rewrite: boolean;
}

/** Keeps something richer than a bag as a log of its changes, in a bag. */
export class BagLog<Content extends LogContent> {
  private readonly bag: BagStore;
  private readonly make: () => Content;
  private readonly logs = new Map<string, Log<Content>>();

  constructor(bag: BagStore, make: () => Content) {
    this.bag = bag;
    this.make = make;
  }

  begin(): void {
    this.logs.clear();
  }

  /** Everything that a scope holds. */
  contentOf(scope: StateScope): Content {
    const log = this.logOf(scope);
    if (!log.loaded) this.load(log);
    return log.content;
  }

  /** Adds a record, without reading what is there. */
  add(scope: StateScope, write: (out: ByteWriter) => void): void {
    const log = this.logOf(scope);
    const start = log.added.position;
    write(log.added);
    log.records++;
    if (!log.loaded) return;
    log.content.read(new ByteReader(log.added.buffer, start, log.added.position));
  }

  clear(scope: StateScope): void {
    const log = this.logOf(scope);
    this.logs.set(scope.id, { ...log, ...this.emptied(), rewrite: true });
  }

  /** Hands the changes to the bag. */
  flush(): void {
    for (const log of this.logs.values()) {
      const { scope, content, loaded, records, added } = log;
      if (loaded && records > 2 * content.size + SLACK) {
        const out = new ByteWriter(256);
        content.write(out);
        if (out.position === 0) this.bag.clear(scope);
        else this.bag.replace(scope, out.toBytes());
      } else {
        if (log.rewrite) this.bag.clear(scope);
        if (added.position > 0) this.bag.append(scope, added.toBytes());
      }
    }
    this.logs.clear();
  }

  private emptied() {
    return { content: this.make(), loaded: true, records: 0, added: new ByteWriter(64) };
  }

  private logOf(scope: StateScope): Log<Content> {
    let log = this.logs.get(scope.id);
    if (log === undefined) {
      log = { scope, ...this.emptied(), loaded: false, rewrite: false };
      this.logs.set(scope.id, log);
    }
    return log;
  }

  private load(log: Log<Content>): void {
    const { content, added } = log;
    log.loaded = true;
    let records = 0;
    const apply = (reader: ByteReader) => {
      for (; reader.remaining > 0; records++) content.read(reader);
    };
    apply(new ByteReader(Buffer.concat(this.bag.read(log.scope))));
    // A copy, since what was read may be views.
    apply(new ByteReader(added.toBytes()));
    log.records = records;
  }
}
