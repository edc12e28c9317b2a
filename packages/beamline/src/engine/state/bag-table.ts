import type { StateScope } from "../../model/state-scope.js";
import { ENTRY_BYTES, type Ledger } from "./ledger.js";
import type { Table } from "./undo-log.js";

/**
 * A bag as it was at some time. Later ones share its array and have more of it: what lies beyond
 * `length` is not in this one.
 */
interface Bag {
  readonly pieces: Uint8Array[];
  readonly length: number;
  readonly bytes: number;
}

const NOTHING: readonly Uint8Array[] = Object.freeze([]);

/** The bags of one cell, by scope. */
export class BagTable {
  readonly table = new Map<string, Bag>();
  readonly kind = "bag";
  readonly name: string;
  private readonly ledger: Ledger;

  constructor(ledger: Ledger, name: string) {
    this.name = name;
    this.ledger = ledger;
  }

  read({ id }: StateScope): readonly Uint8Array[] {
    const bag = this.table.get(id);
    if (bag === undefined) return NOTHING;
    const { pieces, length } = bag;
    return pieces.length === length ? pieces : pieces.slice(0, length);
  }

  append(scope: StateScope, values: Uint8Array): void {
    const old = this.table.get(scope.id);
    if (old === undefined) {
      this.replace(scope, values);
      return;
    }
    const { pieces, length, bytes } = old;
    // A transaction that was rolled back may have left its pieces.
    pieces.length = length;
    pieces.push(values);
    this.ledger.changes?.appendBag(this, scope, values);
    this.put(scope, old, { pieces, length: length + 1, bytes: bytes + cost(values) });
  }

  replace(scope: StateScope, values: Uint8Array): void {
    this.ledger.changes?.replaceBag(this, scope, values);
    const bag: Bag = { pieces: [values], length: 1, bytes: scope.id.length + cost(values) };
    this.put(scope, this.table.get(scope.id), bag);
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
    this.ledger.bytes -= old.bytes;
  }

  private put(scope: StateScope, old: Bag | undefined, bag: Bag): void {
    this.ledger.log.note(this.table as Table, scope.id, old);
    this.table.set(scope.id, bag);
    this.ledger.grow(scope, bag.bytes - (old?.bytes ?? 0));
  }
}

function cost(values: Uint8Array): number {
  return values.length + ENTRY_BYTES;
}
