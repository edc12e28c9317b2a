import { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import type { CellSpec } from "../../fn/state/cell-spec.js";
import { internalError } from "../../model/errors.js";
import type { StateScope } from "../../model/state-scope.js";
import type { Window } from "../../model/window.js";
import { GLOBAL_WINDOWING, type WindowingStrategy } from "../../windowing/windowing-strategy.js";
import { BagCell } from "./bag-cell.js";
import type { Cell } from "./cell.js";
import { CombiningCell } from "./combining-cell.js";
import { MapCell, SetCell } from "./map-cell.js";
import { OrderedListCell } from "./ordered-list-cell.js";
import type { BagStore, ListStore, MapStore, StatePort } from "./ports.js";
import { Scratch, textOf } from "./scratch.js";
import { ValueCell } from "./value-cell.js";
import { expiryOf, windowCoderOf } from "./window-coding.js";

/** A key in a window with its cells, while a bundle runs. */
export interface BoundScope {
  readonly key: unknown;
  readonly window: Window;
  readonly scope: StateScope;
  /** By the number of the cell; made when first used. */
  readonly cells: (Cell | undefined)[];
}

interface WindowTable {
  readonly primitives: Map<unknown, BoundScope>;
  readonly encoded: Map<string, BoundScope>;
}

function newTable(): WindowTable {
  return { primitives: new Map(), encoded: new Map() };
}

type OpenCell = (scope: StateScope) => Cell;

/** Scopes whose cells are kept decoded; beyond that they are written back and begun anew. */
const SCOPE_LIMIT = 50_000;

/**
 * The scopes that a bundle has touched. Keys that are primitives are looked up as they are, all
 * others by their encoding, as combine tables do.
 */
export class ScopeTable {
  private readonly keyCoder: Coder<unknown>;
  private readonly windowCoder: Coder<Window>;
  private readonly windowing: WindowingStrategy;
  private readonly open: () => readonly OpenCell[];
  private openers: readonly OpenCell[] = [];
  private readonly scratch: Scratch;
  private readonly byWindow = new Map<string, WindowTable>();
  private lastWindow: Window | undefined;
  private lastTable: WindowTable = newTable();
  private size = 0;

  constructor(
    step: string,
    cells: readonly { readonly name: string; readonly spec: CellSpec }[],
    keyCoder: Coder<unknown>,
    windowing: WindowingStrategy = GLOBAL_WINDOWING,
    port: StatePort | undefined,
  ) {
    this.keyCoder = keyCoder;
    this.windowing = windowing;
    this.windowCoder = windowCoderOf(windowing);
    this.scratch = new Scratch();
    this.open = () =>
      cells.map(({ name, spec }) => {
        if (port === undefined) throw internalError(`Nobody provides the state of "${step}"`);
        return openerOf(step, name, spec, port, this.scratch);
      });
  }

  /** The state may be that of other keys than the bundle's before. */
  startBundle(): void {
    this.clear();
    this.openers = this.open();
  }

  /** The scope of a key and window; undefined where the bundle has not touched it yet. */
  find(key: unknown, window: Window): BoundScope | undefined {
    const table = this.tableOf(window);
    return typeof key === "object" ? table.encoded.get(this.idOf(key)) : table.primitives.get(key);
  }

  /** Takes in a scope that {@link find} lacks. */
  add(key: unknown, window: Window): BoundScope {
    if (this.size >= SCOPE_LIMIT) this.flush();
    const bytes = this.scratch.bytesOf(this.keyCoder, key);
    const windowBytes = this.scratch.bytesOf(this.windowCoder as Coder<unknown>, window);
    const scope: StateScope = {
      key: bytes,
      window: windowBytes,
      // Windows end where they say, so that no two pairs give the same text.
      id: textOf(windowBytes) + textOf(bytes),
      expiry: expiryOf(window, this.windowing),
    };
    return this.enter(key, window, scope);
  }

  /** The scope that a timer belongs to. */
  of(scope: StateScope): BoundScope {
    const key = this.keyCoder.decode(new ByteReader(scope.key));
    const window = this.windowCoder.decode(new ByteReader(scope.window));
    return this.find(key, window) ?? this.enter(key, window, scope);
  }

  cell(bound: BoundScope, index: number): Cell {
    const present = bound.cells[index];
    if (present !== undefined) return present;
    const open = this.openers[index];
    if (open === undefined) throw internalError(`No cell ${index}`);
    const cell = open(bound.scope);
    bound.cells[index] = cell;
    return cell;
  }

  /** Writes back what has changed and forgets everything. */
  flush(): void {
    for (const { primitives, encoded } of this.byWindow.values()) {
      for (const { cells } of primitives.values()) for (const cell of cells) cell?.flush();
      for (const { cells } of encoded.values()) for (const cell of cells) cell?.flush();
    }
    this.clear();
  }

  clear(): void {
    this.byWindow.clear();
    this.lastWindow = undefined;
    this.size = 0;
  }

  private enter(key: unknown, window: Window, scope: StateScope): BoundScope {
    const bound: BoundScope = { key, window, scope, cells: [] };
    const table = this.tableOf(window);
    if (typeof key === "object") table.encoded.set(this.idOf(key), bound);
    else table.primitives.set(key, bound);
    this.size++;
    return bound;
  }

  private idOf(key: unknown): string {
    return this.scratch.textOf(this.keyCoder, key);
  }

  private tableOf(window: Window): WindowTable {
    if (window === this.lastWindow) return this.lastTable;
    const id = window.kind === "global" ? "" : `${window.start} ${window.end}`;
    let table = this.byWindow.get(id);
    if (table === undefined) {
      table = newTable();
      this.byWindow.set(id, table);
    }
    this.lastWindow = window;
    this.lastTable = table;
    return table;
  }
}

function openerOf(
  step: string,
  name: string,
  spec: CellSpec,
  port: StatePort,
  scratch: Scratch,
): OpenCell {
  switch (spec.kind) {
    case "value": {
      const store: BagStore = port.bag(step, name);
      return (scope) => new ValueCell({ store, scope, scratch }, spec.coder);
    }
    case "bag": {
      const store: BagStore = port.bag(step, name);
      return (scope) => new BagCell({ store, scope, scratch }, spec.coder);
    }
    case "combining": {
      const store: BagStore = port.bag(step, name);
      return (scope) => new CombiningCell({ store, scope, scratch }, spec.combine);
    }
    case "map": {
      const store: MapStore = port.map(step, name);
      return (scope) => new MapCell({ store, scope, scratch }, spec.keyCoder, spec.valueCoder);
    }
    case "set": {
      const store: MapStore = port.map(step, name);
      return (scope) => new SetCell({ store, scope, scratch }, spec.coder);
    }
    case "orderedList": {
      const store: ListStore = port.list(step, name);
      return (scope) => new OrderedListCell({ store, scope, scratch }, spec.coder);
    }
  }
}
