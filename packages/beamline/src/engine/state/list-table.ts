import type { StateScope } from "../../model/state-scope.js";
import type { Timestamp } from "../../model/time.js";
import { ENTRY_BYTES, type Ledger } from "./ledger.js";
import type { Table } from "./undo-log.js";

interface Item {
  readonly timestamp: Timestamp;
  readonly value: Uint8Array;
}

/** Sorted by timestamp. Changed in place only by the transaction that has made it. */
interface List {
  readonly items: Item[];
  readonly madeIn: number;
}

const NOTHING: readonly Item[] = Object.freeze([]);

/** The ordered lists of one cell, by scope. */
export class ListTable {
  readonly table = new Map<string, List>();
  readonly kind = "list";
  readonly name: string;
  private readonly ledger: Ledger;

  constructor(ledger: Ledger, name: string) {
    this.name = name;
    this.ledger = ledger;
  }

  read({ id }: StateScope, from: Timestamp, to: Timestamp): readonly Item[] {
    const items = this.table.get(id)?.items;
    if (items === undefined) return NOTHING;
    return items.slice(firstAt(items, from), firstAt(items, to));
  }

  earliest({ id }: StateScope): Timestamp | undefined {
    return this.table.get(id)?.items[0]?.timestamp;
  }

  append(scope: StateScope, added: readonly Item[]): void {
    this.ledger.changes?.appendList(this, scope, added);
    const items = this.own(scope.id);
    let bytes = 0;
    for (const item of added) {
      bytes += cost(item);
      const last = items.at(-1);
      if (last === undefined || last.timestamp <= item.timestamp) items.push(item);
      else items.splice(firstAfter(items, item.timestamp), 0, item);
    }
    this.ledger.grow(scope, bytes);
  }

  clear(scope: StateScope, from: Timestamp, to: Timestamp): void {
    const { id } = scope;
    const present = this.table.get(id);
    if (present === undefined) return;
    const start = firstAt(present.items, from);
    const end = firstAt(present.items, to);
    if (start >= end) return;
    if (end - start === present.items.length) {
      this.drop(id);
      return;
    }
    this.ledger.changes?.clearList(this, scope, from, to);
    const removed = this.own(id).splice(start, end - start);
    for (const item of removed) this.ledger.bytes -= cost(item);
  }

  drop(id: string): void {
    const old = this.table.get(id);
    if (old === undefined) return;
    this.ledger.changes?.drop(this, id);
    this.ledger.log.note(this.table as Table, id, old);
    this.table.delete(id);
    for (const item of old.items) this.ledger.bytes -= cost(item);
  }

  /** The items of a scope, to be changed: a copy the first time in a transaction. */
  private own(id: string): Item[] {
    const { log, transaction } = this.ledger;
    const old = this.table.get(id);
    if (old?.madeIn === transaction) return old.items;
    const list: List = { items: [...(old?.items ?? [])], madeIn: transaction };
    log.note(this.table as Table, id, old);
    this.table.set(id, list);
    return list.items;
  }
}

function cost({ value }: Item): number {
  return value.length + ENTRY_BYTES;
}

/** Index of the first item at `timestamp` or later. */
function firstAt(items: readonly Item[], timestamp: Timestamp): number {
  return partition(items, (item) => item.timestamp < timestamp);
}

function firstAfter(items: readonly Item[], timestamp: Timestamp): number {
  return partition(items, (item) => item.timestamp <= timestamp);
}

function partition(items: readonly Item[], isBefore: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(items[middle] as Item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
