/** A table that a transaction may change: anything with a Map's `set` and `delete`. */
export type Table = Map<string, unknown>;

/** What stood in tables before the running transaction changed them. */
export class UndoLog {
  // Flat, since an object for each write would cost more than the write: table, key, old value.
  private readonly entries: unknown[] = [];

  /** `table` is about to have another value for `key`; `old` is undefined where it has none. */
  note(table: Table, key: string, old: unknown): void {
    this.entries.push(table, key, old);
  }

  forget(): void {
    this.entries.length = 0;
  }

  /** Puts everything back, the last change first. */
  undo(): void {
    const { entries } = this;
    for (let i = entries.length - 3; i >= 0; i -= 3) {
      const table = entries[i] as Table;
      const key = entries[i + 1] as string;
      const old = entries[i + 2];
      if (old === undefined) table.delete(key);
      else table.set(key, old);
    }
    entries.length = 0;
  }
}
