import { ByteWriter } from "../../bytes/byte-writer.js";
import type { StateScope, TimerAddress, TimerRecord } from "../../model/state-scope.js";
import type { Timestamp } from "../../model/time.js";
import type { Times } from "../times.js";
import { writeBytes, writeId, writeText } from "./sized.js";
import { writeTimer } from "./timer-codec.js";

/** The table that a change is made to. */
export interface ChangedTable {
  readonly kind: "bag" | "map" | "list";
  /** Of step and cell; unique among those of its kind. */
  readonly name: string;
}

/** What changes there are: the low bits of each one's first byte. */
export const CHANGES = Object.freeze({
  appendBag: 0,
  replaceBag: 1,
  setEntry: 2,
  deleteEntry: 3,
  appendList: 4,
  clearList: 5,
  drop: 6,
  setTimer: 7,
  clearTimer: 8,
  takeDue: 9,
});
/** Beside the number of a change: it is made to the table, or the scope, of the one before it. */
export const SAME_TABLE = 0x80;
export const SAME_SCOPE = 0x40;

export const KINDS = ["bag", "map", "list"] as const;

/**
 * What the running transaction changes, as bytes for `readChanges`: it costs as much as what
 * is changed, whatever is kept.
 */
export class ChangeLog {
  private readonly out = new ByteWriter(4096);
  private readonly tables = new Map<ChangedTable, number>();
  private lastTable: ChangedTable | undefined;
  private lastId: string | undefined;
  private lastTimer: TimerRecord | undefined;

  begin(): void {
    this.out.reset();
    this.tables.clear();
    this.lastTable = undefined;
    this.lastId = undefined;
    this.lastTimer = undefined;
  }

  /** A copy of what was written since {@link begin}. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.out.toBytes();
  }

  appendBag(table: ChangedTable, scope: StateScope, values: Uint8Array): void {
    this.head(CHANGES.appendBag, table, scope);
    writeBytes(this.out, values);
  }

  replaceBag(table: ChangedTable, scope: StateScope, values: Uint8Array): void {
    this.head(CHANGES.replaceBag, table, scope);
    writeBytes(this.out, values);
  }

  setEntry(table: ChangedTable, scope: StateScope, key: Uint8Array, value: Uint8Array): void {
    this.head(CHANGES.setEntry, table, scope);
    writeBytes(this.out, key);
    writeBytes(this.out, value);
  }

  deleteEntry(table: ChangedTable, scope: StateScope, key: Uint8Array): void {
    this.head(CHANGES.deleteEntry, table, scope);
    writeBytes(this.out, key);
  }

  appendList(
    table: ChangedTable,
    scope: StateScope,
    items: readonly { readonly timestamp: Timestamp; readonly value: Uint8Array }[],
  ): void {
    const { out } = this;
    this.head(CHANGES.appendList, table, scope);
    out.writeVarint(items.length);
    for (const { timestamp, value } of items) {
      out.writeFloat64(timestamp);
      writeBytes(out, value);
    }
  }

  clearList(table: ChangedTable, scope: StateScope, from: Timestamp, to: Timestamp): void {
    this.head(CHANGES.clearList, table, scope);
    this.out.writeFloat64(from);
    this.out.writeFloat64(to);
  }

  /** All that the table has for the scope is gone. */
  drop(table: ChangedTable, id: string): void {
    this.headOf(CHANGES.drop, table);
    writeId(this.out, id);
  }

  setTimer(timer: TimerRecord): void {
    this.out.writeByte(CHANGES.setTimer);
    writeTimer(this.out, timer, this.lastTimer);
    this.lastTimer = timer;
  }

  clearTimer({ step, family, tag, scope }: TimerAddress): void {
    const { out } = this;
    out.writeByte(CHANGES.clearTimer);
    for (const text of [step, family, tag]) writeText(out, text);
    writeId(out, scope.id);
  }

  /** What is due or has expired is gone: what that is follows from all that came before. */
  takeDue({ watermark, processingTime }: Times): void {
    this.out.writeByte(CHANGES.takeDue);
    this.out.writeFloat64(watermark);
    this.out.writeFloat64(processingTime);
  }

  private head(change: number, table: ChangedTable, scope: StateScope): void {
    const { id, expiry } = scope;
    if (id === this.lastId) {
      this.headOf(change | SAME_SCOPE, table);
      return;
    }
    this.headOf(change, table);
    writeId(this.out, id);
    this.out.writeFloat64(expiry);
    this.lastId = id;
  }

  private headOf(change: number, table: ChangedTable): void {
    const { out } = this;
    if (table === this.lastTable) {
      out.writeByte(change | SAME_TABLE);
      return;
    }
    this.lastTable = table;
    out.writeByte(change);
    const known = this.tables.get(table);
    out.writeVarint(known ?? this.tables.size);
    if (known !== undefined) return;
    this.tables.set(table, this.tables.size);
    out.writeByte(KINDS.indexOf(table.kind));
    writeText(out, table.name);
  }
}
