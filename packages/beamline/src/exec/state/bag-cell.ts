import type { Coder } from "../../coders/coder.js";
import type { BagState } from "../../fn/state/state-types.js";
import type { Cell, CellHome } from "./cell.js";
import type { BagStore } from "./ports.js";
import { decodeAll } from "./scratch.js";

/** Values in the order of their coming. Adding does not read what is there. */
export class BagCell implements BagState<unknown>, Cell {
  private readonly home: CellHome<BagStore>;
  private readonly coder: Coder<unknown>;
  /** What the store has, once it was read. */
  private stored: unknown[] | undefined;
  private added: unknown[] = [];
  private cleared = false;

  constructor(home: CellHome<BagStore>, coder: Coder<unknown>) {
    this.home = home;
    this.coder = coder;
  }

  add(value: unknown): void {
    this.added.push(value);
  }

  read(): readonly unknown[] {
    return [...this.load(), ...this.added];
  }

  isEmpty(): boolean {
    return this.added.length === 0 && this.load().length === 0;
  }

  clear(): void {
    this.cleared = true;
    this.stored = [];
    this.added = [];
  }

  flush(): void {
    const { store, scope, scratch } = this.home;
    if (this.added.length > 0) {
      const bytes = scratch.bytesOfAll(this.coder, this.added);
      if (this.cleared) store.replace(scope, bytes);
      else store.append(scope, bytes);
      this.stored?.push(...this.added);
      this.added = [];
    } else if (this.cleared) store.clear(scope);
    this.cleared = false;
  }

  private load(): unknown[] {
    const { store, scope } = this.home;
    this.stored ??= decodeAll(this.coder, store.read(scope));
    return this.stored;
  }
}
