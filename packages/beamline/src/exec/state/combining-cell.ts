import type { Coder } from "../../coders/coder.js";
import { js } from "../../coders/js.js";
import type { CombineFn } from "../../fn/combine-fn.js";
import type { CombiningState } from "../../fn/state/state-types.js";
import type { Cell, CellHome } from "./cell.js";
import type { BagStore } from "./ports.js";
import { decodeAll } from "./scratch.js";

type AnyCombine = CombineFn<unknown, unknown, unknown>;

/** An accumulator, kept as a bag of accumulators that are to be merged. */
export class CombiningCell implements CombiningState<unknown, unknown>, Cell {
  private readonly home: CellHome<BagStore>;
  private readonly combine: AnyCombine;
  private readonly coder: Coder<unknown>;
  private accumulator: { value: unknown } | undefined;
  private loaded = false;
  private changed = false;

  constructor(home: CellHome<BagStore>, combine: AnyCombine) {
    this.home = home;
    this.combine = combine;
    this.coder = combine.accumulatorCoder ?? js;
  }

  add(value: unknown): void {
    this.load();
    const { accumulator: present } = this;
    const accumulator = present === undefined ? this.combine.create() : present.value;
    this.accumulator = { value: this.combine.add(accumulator, value) };
    this.changed = true;
  }

  read(): unknown {
    this.load();
    if (this.accumulator === undefined) return this.combine.extract(this.combine.create());
    // A copy: extract() may change what it is given.
    const { scratch } = this.home;
    const [copy] = decodeAll(this.coder, [scratch.bytesOf(this.coder, this.accumulator.value)]);
    return this.combine.extract(copy);
  }

  isEmpty(): boolean {
    this.load();
    return this.accumulator === undefined;
  }

  clear(): void {
    this.loaded = true;
    this.accumulator = undefined;
    this.changed = true;
  }

  flush(): void {
    if (!this.changed) return;
    this.changed = false;
    const { store, scope, scratch } = this.home;
    if (this.accumulator === undefined) store.clear(scope);
    else store.replace(scope, scratch.bytesOf(this.coder, this.accumulator.value));
  }

  private load(): void {
    if (this.loaded) return;
    this.loaded = true;
    const { store, scope } = this.home;
    const found = decodeAll(this.coder, store.read(scope));
    if (found.length === 0) return;
    const value = found.reduce((merged, next) => this.combine.merge(merged, next));
    this.accumulator = { value };
  }
}
