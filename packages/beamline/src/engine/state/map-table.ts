import { readLatin1 } from "../../bytes/latin1.js";
import type { StateScope } from "../../model/state-scope.js";
import { ENTRY_BYTES, type Ledger } from "./ledger.js";
import type { Table } from "./undo-log.js";

interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

type Entries = Map<string, Entry>;

/** The maps of one cell, by scope. */
export class MapTable {
  readonly table = new Map<string, Entries>();
  readonly kind = "map";
  readonly name: string;
  private readonly ledger: Ledger;

  constructor(ledger: Ledger, name: string) {
    this.name = name;
    this.ledger = ledger;
  }

  keys({ id }: StateScope): readonly Uint8Array[] {
    return [...(this.table.get(id)?.values() ?? [])].map(({ key }) => key);
  }

  get({ id }: StateScope, key: Uint8Array): Uint8Array | undefined {
    return this.table.get(id)?.get(textOf(key))?.value;
  }

  set(scope: StateScope, key: Uint8Array, value: Uint8Array): void {
    const { log, changes } = this.ledger;
    changes?.setEntry(this, scope, key, value);
    let entries = this.table.get(scope.id);
    if (entries === undefined) {
      entries = new Map();
      log.note(this.table as Table, scope.id, undefined);
      this.table.set(scope.id, entries);
    }
    const id = textOf(key);
    const old = entries.get(id);
    const entry: Entry = { key, value };
    log.note(entries as Table, id, old);
    entries.set(id, entry);
    this.ledger.grow(scope, cost(entry) - (old === undefined ? 0 : cost(old)));
  }

  delete(scope: StateScope, key: Uint8Array): void {
    const { id } = scope;
    const entries = this.table.get(id);
    const text = textOf(key);
    const old = entries?.get(text);
    if (entries === undefined || old === undefined) return;
    this.ledger.changes?.deleteEntry(this, scope, key);
    this.ledger.log.note(entries as Table, text, old);
    entries.delete(text);
    this.ledger.bytes -= cost(old);
    if (entries.size === 0) this.drop(id);
  }

  clear({ id }: StateScope): void {
    this.drop(id);
  }

  drop(id: string): void {
    const old = this.table.get(id);
    if (old === undefined) return;
    this.ledger.changes?.drop(this, id);
    this.ledger.log.note(this.table as Table, id, old);
    this.table.delete(id);
    for (const entry of old.values()) this.ledger.bytes -= cost(entry);
  }
}

function cost({ key, value }: Entry): number {
  return 2 * key.length + value.length + ENTRY_BYTES;
}

function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return readLatin1(buffer, 0, buffer.length);
}
