import type { Timestamp } from "../../model/time.js";
import type { Window } from "../../model/window.js";
import type { Cell, Span } from "./cell.js";
import type { IndexedHeap } from "./indexed-heap.js";
import type { TriggerState } from "./trigger-node.js";
import type { ValueStore } from "./value-store.js";

/** Takes back one change. */
export interface Undo {
  undo(): void;
}

export interface Heaps {
  readonly holds: IndexedHeap<Cell>;
  readonly delays: IndexedHeap<Cell>;
}

/** A cell as it was before the bundle. */
export class CellSnapshot implements Undo {
  private readonly cell: Cell;
  private readonly store: ValueStore;
  private readonly heaps: Heaps;
  private readonly head: number;
  private readonly tail: number;
  private readonly size: number;
  private readonly bytes: number;
  private readonly pending: number;
  private readonly panes: number;
  private readonly onTimePanes: number;
  private readonly isClosed: boolean;
  private readonly isLate: boolean;
  private readonly trigger: TriggerState | undefined;
  private readonly hold: number;
  private readonly delay: number;

  constructor(cell: Cell, store: ValueStore, heaps: Heaps) {
    this.cell = cell;
    this.store = store;
    this.heaps = heaps;
    this.head = cell.head;
    this.tail = cell.tail;
    this.size = cell.size;
    this.bytes = cell.bytes;
    this.pending = cell.pending;
    this.panes = cell.panes;
    this.onTimePanes = cell.onTimePanes;
    this.isClosed = cell.isClosed;
    this.isLate = cell.isLate;
    this.trigger = cell.trigger?.slice();
    this.hold = cell.hold?.at ?? Number.POSITIVE_INFINITY;
    this.delay = cell.delay?.at ?? Number.POSITIVE_INFINITY;
  }

  undo(): void {
    const { cell, heaps } = this;
    cell.head = this.head;
    cell.tail = this.tail;
    cell.size = this.size;
    cell.bytes = this.bytes;
    cell.pending = this.pending;
    cell.panes = this.panes;
    cell.onTimePanes = this.onTimePanes;
    cell.isClosed = this.isClosed;
    cell.isLate = this.isLate;
    cell.trigger = this.trigger;
    if (cell.hold !== undefined) heaps.holds.set(cell.hold, this.hold);
    if (cell.delay !== undefined) heaps.delays.set(cell.delay, this.delay);
    this.store.cut(cell);
  }
}

/** A window as it was before it changed. */
export class SpanSnapshot implements Undo {
  private readonly span: Span;
  private readonly due: IndexedHeap<Span>;
  private readonly window: Window;
  private readonly expiry: Timestamp;
  private readonly isPastEnd: boolean;
  private readonly at: Timestamp;

  constructor(span: Span, due: IndexedHeap<Span>) {
    this.span = span;
    this.due = due;
    this.window = span.window;
    this.expiry = span.expiry;
    this.isPastEnd = span.isPastEnd;
    this.at = span.due.at;
  }

  undo(): void {
    this.span.move(this.window, this.expiry, this.isPastEnd);
    this.due.set(this.span.due, this.at);
  }
}

/** A cell that the bundle has made. */
export class NewCell implements Undo {
  private readonly cell: Cell;
  private readonly heaps: Heaps;

  constructor(cell: Cell, heaps: Heaps) {
    this.cell = cell;
    this.heaps = heaps;
  }

  undo(): void {
    const { cell, heaps } = this;
    cell.span.cells?.delete(cell.key);
    if (cell.hold !== undefined) heaps.holds.set(cell.hold, Number.POSITIVE_INFINITY);
    if (cell.delay !== undefined) heaps.delays.set(cell.delay, Number.POSITIVE_INFINITY);
  }
}
