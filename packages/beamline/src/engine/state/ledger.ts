import type { StateScope } from "../../model/state-scope.js";
import type { ChangeLog } from "./change-log.js";
import { Expiries } from "./expiries.js";
import { UndoLog } from "./undo-log.js";

/** What the tables of one {@link KeyedState} share. */
export class Ledger {
  readonly log = new UndoLog();
  readonly expiries = new Expiries();
  /** Where somebody wants to know what transactions change. */
  changes: ChangeLog | undefined;
  /** Approximate size of everything. */
  bytes = 0;
  /** Grows with each transaction: tells what the running one has made itself. */
  transaction = 0;
  private bytesBefore = 0;

  constructor(changes?: ChangeLog) {
    this.changes = changes;
  }

  begin(): void {
    this.transaction++;
    this.bytesBefore = this.bytes;
    this.changes?.begin();
  }

  commit(): void {
    this.log.forget();
    this.transaction++;
  }

  rollback(): void {
    this.log.undo();
    this.changes?.begin();
    this.bytes = this.bytesBefore;
    this.transaction++;
  }

  /** Something of `scope` came or went. */
  grow(scope: StateScope, by: number): void {
    this.bytes += by;
    if (by > 0) this.expiries.watch(scope);
  }
}

/** Roughly what an entry costs beside its bytes: an object, a view, a place in a Map. */
export const ENTRY_BYTES = 160;
