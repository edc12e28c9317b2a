import type { Coder } from "../../coders/coder.js";
import type { ValueState } from "../../fn/state/state-types.js";
import type { Cell, CellHome } from "./cell.js";
import type { BagStore } from "./ports.js";
import { decodeAll } from "./scratch.js";

const ABSENT = Symbol("absent");
const UNREAD = Symbol("unread");

/** One value, kept as a bag of at most one. */
export class ValueCell implements ValueState<unknown>, Cell {
  private readonly home: CellHome<BagStore>;
  private readonly coder: Coder<unknown>;
  private value: unknown = UNREAD;
  private changed = false;

  constructor(home: CellHome<BagStore>, coder: Coder<unknown>) {
    this.home = home;
    this.coder = coder;
  }

  read(): unknown {
    if (this.value === UNREAD) this.load();
    return this.value === ABSENT ? undefined : this.value;
  }

  isEmpty(): boolean {
    if (this.value === UNREAD) this.load();
    return this.value === ABSENT;
  }

  write(value: unknown): void {
    this.value = value;
    this.changed = true;
  }

  clear(): void {
    this.value = ABSENT;
    this.changed = true;
  }

  flush(): void {
    if (!this.changed) return;
    this.changed = false;
    const { store, scope, scratch } = this.home;
    if (this.value === ABSENT) store.clear(scope);
    else store.replace(scope, scratch.bytesOf(this.coder, this.value));
  }

  private load(): void {
    const { store, scope } = this.home;
    const values = decodeAll(this.coder, store.read(scope));
    this.value = values.length === 0 ? ABSENT : values[values.length - 1];
  }
}
