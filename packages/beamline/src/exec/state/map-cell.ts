import { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import { deterministicCoder } from "../../coders/deterministic.js";
import type { MapState, SetState } from "../../fn/state/state-types.js";
import type { Cell, CellHome } from "./cell.js";
import type { MapStore } from "./ports.js";
import { textOf } from "./scratch.js";

interface Entry {
  readonly key: unknown;
  readonly bytes: Uint8Array;
  value: unknown;
  present: boolean;
  changed: boolean;
}

const NOTHING = new Uint8Array(0);

/** Values by key: each is fetched when it is first asked for. */
export class MapCell implements MapState<unknown, unknown>, Cell {
  private readonly home: CellHome<MapStore>;
  private readonly keyCoder: Coder<unknown>;
  /** Undefined in a set, whose values are nothing. */
  private readonly valueCoder: Coder<unknown> | undefined;
  private readonly known = new Map<string, Entry>();
  private cleared = false;
  /** Whether every key that the store has is among the entries. */
  private complete = false;

  constructor(
    home: CellHome<MapStore>,
    keyCoder: Coder<unknown>,
    valueCoder: Coder<unknown> | undefined,
  ) {
    this.home = home;
    this.keyCoder = deterministicCoder(keyCoder);
    this.valueCoder = valueCoder;
  }

  get(key: unknown): unknown {
    const entry = this.entryOf(key);
    return entry.present ? entry.value : undefined;
  }

  has(key: unknown): boolean {
    return this.entryOf(key).present;
  }

  set(key: unknown, value: unknown): void {
    const bytes = this.home.scratch.bytesOf(this.keyCoder, key);
    const id = textOf(bytes);
    const entry = this.known.get(id);
    if (entry === undefined || !entry.present) {
      // A new key goes to the end, as in a Map.
      this.known.delete(id);
      this.known.set(id, { key, bytes, value, present: true, changed: true });
      return;
    }
    entry.value = value;
    entry.changed = true;
  }

  delete(key: unknown): void {
    const bytes = this.home.scratch.bytesOf(this.keyCoder, key);
    const gone = { key, bytes, value: undefined, present: false, changed: true };
    this.known.set(textOf(bytes), gone);
  }

  keys(): readonly unknown[] {
    return this.present().map(({ key }) => key);
  }

  values(): readonly unknown[] {
    return this.present().map(({ value }) => value);
  }

  entries(): readonly (readonly [unknown, unknown])[] {
    return this.present().map(({ key, value }) => [key, value] as const);
  }

  isEmpty(): boolean {
    for (const entry of this.known.values()) if (entry.present) return false;
    return this.present().length === 0;
  }

  clear(): void {
    this.known.clear();
    this.cleared = true;
    this.complete = true;
  }

  flush(): void {
    const { store, scope, scratch } = this.home;
    if (this.cleared) store.clear(scope);
    for (const [id, entry] of this.known) {
      if (!entry.changed) continue;
      entry.changed = false;
      if (entry.present) {
        const { valueCoder } = this;
        const value = valueCoder === undefined ? NOTHING : scratch.bytesOf(valueCoder, entry.value);
        store.set(scope, entry.bytes, value);
      } else {
        if (!this.cleared) store.delete(scope, entry.bytes);
        if (this.complete) this.known.delete(id);
      }
    }
    this.cleared = false;
  }

  private entryOf(key: unknown): Entry {
    const bytes = this.home.scratch.bytesOf(this.keyCoder, key);
    return this.load(bytes, () => key);
  }

  private load(bytes: Uint8Array, keyOf: () => unknown): Entry {
    const id = textOf(bytes);
    const entry = this.known.get(id);
    if (entry !== undefined) return entry;
    const { store, scope } = this.home;
    const found = this.complete ? undefined : store.get(scope, bytes);
    const present = found !== undefined;
    const value = present ? this.valueCoder?.decode(new ByteReader(found)) : undefined;
    const loaded: Entry = { key: keyOf(), bytes, value, present, changed: false };
    // What is not there need not be remembered once all is known.
    if (present || !this.complete) this.known.set(id, loaded);
    return loaded;
  }

  private present(): Entry[] {
    if (!this.complete) {
      const { store, scope } = this.home;
      for (const bytes of store.keys(scope)) {
        this.load(bytes, () => this.keyCoder.decode(new ByteReader(bytes)));
      }
      this.complete = true;
    }
    return [...this.known.values()].filter(({ present }) => present);
  }
}

/** Distinct values: the keys of a map without values. */
export class SetCell implements SetState<unknown>, Cell {
  private readonly map: MapCell;

  constructor(home: CellHome<MapStore>, coder: Coder<unknown>) {
    this.map = new MapCell(home, coder, undefined);
  }

  add(value: unknown): boolean {
    if (this.map.has(value)) return false;
    this.map.set(value, undefined);
    return true;
  }

  has(value: unknown): boolean {
    return this.map.has(value);
  }

  delete(value: unknown): void {
    this.map.delete(value);
  }

  read(): readonly unknown[] {
    return this.map.keys();
  }

  isEmpty(): boolean {
    return this.map.isEmpty();
  }

  clear(): void {
    this.map.clear();
  }

  flush(): void {
    this.map.flush();
  }
}
