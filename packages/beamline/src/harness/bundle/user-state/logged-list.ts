import type { ByteReader } from "../../../bytes/byte-reader.js";
import type { ByteWriter } from "../../../bytes/byte-writer.js";
import type { BagStore, ListStore, StoredItem } from "../../../exec/state/ports.js";
import type { StateScope } from "../../../model/state-scope.js";
import type { Timestamp } from "../../../model/time.js";
import { BagLog, type LogContent } from "./bag-log.js";

const CLEAR = 0;
const ADD = 1;

/** Records: 1, timestamp, value with its length in front; or 0, from, to. Times are doubles. */
class ListContent implements LogContent {
  private items: StoredItem[] = [];
  private sorted = true;

  get size(): number {
    return this.items.length;
  }

  read(record: ByteReader): void {
    if (record.readByte() === ADD) {
      const timestamp = record.readFloat64();
      const value = Buffer.from(record.readBytes(record.readLength()));
      const last = this.items.at(-1);
      this.sorted &&= last === undefined || last.timestamp <= timestamp;
      this.items.push({ timestamp, value });
      return;
    }
    const from = record.readFloat64();
    const to = record.readFloat64();
    this.items = this.items.filter(({ timestamp }) => timestamp < from || timestamp >= to);
  }

  write(out: ByteWriter): void {
    for (const item of this.all()) writeAdd(out, item);
  }

  /** In the order of timestamps; the sort is stable. */
  all(): readonly StoredItem[] {
    if (!this.sorted) this.items.sort((a, b) => a.timestamp - b.timestamp);
    this.sorted = true;
    return this.items;
  }
}

/** An ordered list in a bag. */
export class LoggedList implements ListStore {
  readonly log: BagLog<ListContent>;

  constructor(bag: BagStore) {
    this.log = new BagLog(bag, () => new ListContent());
  }

  read(scope: StateScope, from: Timestamp, to: Timestamp): readonly StoredItem[] {
    const items = this.log.contentOf(scope).all();
    return items.filter(({ timestamp }) => timestamp >= from && timestamp < to);
  }

  earliest(scope: StateScope): Timestamp | undefined {
    return this.log.contentOf(scope).all()[0]?.timestamp;
  }

  append(scope: StateScope, items: readonly StoredItem[]): void {
    for (const item of items) this.log.add(scope, (out) => writeAdd(out, item));
  }

  clear(scope: StateScope, from: Timestamp, to: Timestamp): void {
    this.log.add(scope, (out) => {
      out.writeByte(CLEAR);
      out.writeFloat64(from);
      out.writeFloat64(to);
    });
  }
}

function writeAdd(out: ByteWriter, { timestamp, value }: StoredItem): void {
  out.writeByte(ADD);
  out.writeFloat64(timestamp);
  out.writeVarint(value.length);
  out.writeBytes(value);
}
