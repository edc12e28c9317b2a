import { ByteReader } from "../../bytes/byte-reader.js";
import { internalError } from "../../model/errors.js";
import type { StateScope, TimerAddress, TimerRecord } from "../../model/state-scope.js";
import type { Timestamp } from "../../model/time.js";
import type { Times } from "../times.js";
import type { BagTable } from "./bag-table.js";
import { CHANGES, KINDS, SAME_SCOPE, SAME_TABLE } from "./change-log.js";
import type { ListTable } from "./list-table.js";
import type { MapTable } from "./map-table.js";
import { readBytes, readId, readText } from "./sized.js";
import { readTimer } from "./timer-codec.js";

/** What takes the changes: tables like those that made them. */
export interface ChangeTarget {
  bag(name: string): BagTable;
  map(name: string): MapTable;
  list(name: string): ListTable;
  setTimer(timer: TimerRecord): void;
  clearTimer(timer: TimerAddress): void;
  takeDue(times: Times): void;
}

type Table =
  | { readonly kind: "bag"; readonly table: BagTable }
  | { readonly kind: "map"; readonly table: MapTable }
  | { readonly kind: "list"; readonly table: ListTable };

/** Makes the changes of a `ChangeLog` again, in their order. */
export function readChanges(bytes: Uint8Array, target: ChangeTarget): void {
  // A copy: what is kept are views of it.
  const input = new ByteReader(Uint8Array.from(bytes));
  const tables: Table[] = [];
  let table: Table | undefined;
  let scope = scopeOf("", Infinity);
  let lastTimer: TimerRecord | undefined;
  const readTable = (): Table => {
    const number = input.readVarint();
    const known = tables[number];
    if (known !== undefined) return known;
    const made = open(KINDS[input.readByte()], readText(input), target);
    tables.push(made);
    return made;
  };
  while (input.remaining > 0) {
    const head = input.readByte();
    const change = head & 0x3f;
    if (change === CHANGES.setTimer) {
      lastTimer = readTimer(input, lastTimer);
      target.setTimer(lastTimer);
      continue;
    }
    if (change === CHANGES.clearTimer) {
      const [step, family, tag] = [readText(input), readText(input), readText(input)];
      target.clearTimer({ step, family, tag, scope: scopeOf(readId(input), Infinity) });
      continue;
    }
    if (change === CHANGES.takeDue) {
      target.takeDue({ watermark: input.readFloat64(), processingTime: input.readFloat64() });
      continue;
    }
    if ((head & SAME_TABLE) === 0) table = readTable();
    if (table === undefined) throw internalError("A change to no table");
    if (change === CHANGES.drop) {
      table.table.drop(readId(input));
      continue;
    }
    if ((head & SAME_SCOPE) === 0) {
      scope = scopeOf(readId(input), input.readFloat64());
    }
    apply(change, table, scope, input);
  }
}

function open(kind: (typeof KINDS)[number] | undefined, name: string, from: ChangeTarget): Table {
  switch (kind) {
    case "bag":
      return { kind, table: from.bag(name) };
    case "map":
      return { kind, table: from.map(name) };
    case "list":
      return { kind, table: from.list(name) };
    case undefined:
      throw internalError("A change to a table of no kind");
  }
}

function apply(change: number, { kind, table }: Table, scope: StateScope, input: ByteReader): void {
  switch (kind) {
    case "bag":
      if (change === CHANGES.appendBag) table.append(scope, readBytes(input));
      else table.replace(scope, readBytes(input));
      return;
    case "map":
      if (change === CHANGES.setEntry) table.set(scope, readBytes(input), readBytes(input));
      else table.delete(scope, readBytes(input));
      return;
    case "list":
      if (change === CHANGES.clearList)
        table.clear(scope, input.readFloat64(), input.readFloat64());
      else
        table.append(
          scope,
          Array.from({ length: input.readVarint() }, () => readItem(input)),
        );
  }
}

function readItem(input: ByteReader): { readonly timestamp: Timestamp; readonly value: Buffer } {
  return { timestamp: input.readFloat64(), value: readBytes(input) };
}

/** A scope for tables, which go by ids alone. */
function scopeOf(id: string, expiry: Timestamp): StateScope {
  return { id, key: NOTHING, window: NOTHING, expiry };
}

const NOTHING = new Uint8Array(0);
