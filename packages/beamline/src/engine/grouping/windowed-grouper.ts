import { readLatin1 } from "../../bytes/latin1.js";
import type { ElementMeta } from "../../model/element-meta.js";
import { internalError } from "../../model/errors.js";
import { ONLY_FIRING, type Pane } from "../../model/pane.js";
import { END_OF_GLOBAL_WINDOW, MIN_TIMESTAMP, type Timestamp } from "../../model/time.js";
import { type IntervalWindow, maxTimestamp, type Window } from "../../model/window.js";
import { intervalOf } from "../../windowing/interval-of.js";
import { mergesOf, needsMerge } from "../../windowing/merge.js";
import type { WindowingStrategy } from "../../windowing/windowing-strategy.js";
import type { Times } from "../times.js";
import { Cell, endOf, expiryOf, metaOf, nextPane, Span } from "./cell.js";
import { heapNode, IndexedHeap } from "./indexed-heap.js";
import { readSnapshot, type SpanRecord, writeSnapshot } from "./snapshot.js";
import { SpanIndex } from "./span-index.js";
import { type TimestampRule, timestampRule } from "./timestamp-rule.js";
import { TriggerMachine } from "./trigger-machine.js";
import type { Moment } from "./trigger-node.js";
import { CellSnapshot, NewCell, SpanSnapshot, type Undo } from "./undo-log.js";
import { type StoreMark, ValueStore } from "./value-store.js";

/** Takes a pane. The arrays are the taker's, and the bytes stay as they are. */
export type EmitPane = (key: Uint8Array, values: readonly Uint8Array[], meta: ElementMeta) => void;

// A long file: cells, windows, heaps and the log of a bundle change together, and only here. What
// can be said without them stands in the files beside this one.

const NOT_DUE = Number.POSITIVE_INFINITY;

/** What a cell and its entries in tables come to, beyond key and values. */
const CELL_BYTES = 320;

/**
 * GroupByKey in event time: gathers the values of each key and window, and emits them in panes, as
 * the strategy's trigger says (Java's `ReduceFnRunner`). Keys and values are opaque bytes.
 *
 * A bundle is a transaction: after `rollback` everything is as it was before `begin`. What has been
 * emitted meanwhile must not be used then.
 */
export class WindowedGrouper {
  private readonly strategy: WindowingStrategy;
  private readonly isMerging: boolean;
  /** Undefined for the default trigger, which only knows the end of the window. */
  private readonly trigger: TriggerMachine | undefined;
  private readonly rule: TimestampRule | undefined;
  private readonly store = new ValueStore();
  /** Windows of many keys, where they don't merge. */
  private readonly spans = new SpanIndex();
  /** Windows of each key, where they merge: one cell each. */
  private readonly keys = new Map<string, readonly Cell[]>();
  private readonly due = new IndexedHeap<Span>();
  /** @internal */
  readonly holds = new IndexedHeap<Cell>();
  /** @internal */
  readonly delays = new IndexedHeap<Cell>();
  private readonly log: Undo[] = [];
  private mark: StoreMark | undefined;
  private epoch = 0;
  private cells = 0;
  private cellsBefore = 0;
  private late = 0;
  private closed = 0;

  constructor(strategy: WindowingStrategy) {
    this.strategy = strategy;
    this.isMerging = needsMerge(strategy);
    this.trigger =
      strategy.trigger.kind === "default"
        ? undefined
        : new TriggerMachine(strategy.trigger, this.isMerging);
    this.rule = timestampRule(strategy);
  }

  /** Elements since `begin()` that came when their window had expired: counted for each window. */
  get droppedLate(): number {
    return this.late;
  }

  /** Elements since `begin()` whose window's trigger had finished. */
  get droppedClosed(): number {
    return this.closed;
  }

  /** What is kept, about. */
  get bytes(): number {
    return this.store.bytes + this.cells * CELL_BYTES;
  }

  /** The earliest instant of event time at which `advance()` has something to do. */
  get nextEventTime(): Timestamp | undefined {
    return this.due.first?.at;
  }

  /** The same in processing time. */
  get nextProcessingTime(): number | undefined {
    return this.delays.first?.at;
  }

  /** No pane that is still to come has an earlier timestamp, but for late ones. */
  get hold(): Timestamp | undefined {
    const due = this.due.first;
    if (due === undefined) return undefined;
    const last = Math.min(due.at - 1, END_OF_GLOBAL_WINDOW);
    return Math.min(last, this.holds.first?.at ?? last);
  }

  /** Everything between two bundles, as bytes for {@link WindowedGrouper.restore}. */
  snapshot(): Uint8Array<ArrayBuffer> {
    if (this.mark !== undefined) throw internalError("A snapshot was taken within a bundle");
    return writeSnapshot(this.records());
  }

  /** Makes what {@link snapshot} wrote, for the same strategy. */
  static restore(strategy: WindowingStrategy, snapshot: Uint8Array): WindowedGrouper {
    const grouper = new WindowedGrouper(strategy);
    for (const record of readSnapshot(snapshot)) grouper.take(record);
    return grouper;
  }

  begin(): void {
    if (this.mark !== undefined) throw internalError("A grouper has begun a bundle twice");
    this.mark = this.store.mark();
    this.cellsBefore = this.cells;
    this.epoch++;
    this.late = 0;
    this.closed = 0;
  }

  commit(): void {
    this.mark = undefined;
    this.log.length = 0;
    if (this.store.isWasteful) this.store.compact(this.allCells());
  }

  rollback(): void {
    const { mark, log } = this;
    if (mark === undefined) return;
    this.mark = undefined;
    this.store.reset(mark);
    while (log.length > 0) log.pop()?.undo();
    this.cells = this.cellsBefore;
    this.late = 0;
    this.closed = 0;
  }

  /** Takes an element into each of its windows; those whose trigger wants it emit at once. */
  add(key: Uint8Array, value: Uint8Array, meta: ElementMeta, now: Times, emit: EmitPane): void {
    const id = textOf(key);
    for (const window of meta.windows) {
      const cell = this.isMerging ? this.mergedCell(id, window, now) : this.cellIn(id, window, now);
      if (cell !== undefined) this.addTo(cell, value, meta.timestamp, now, emit);
    }
  }

  /** Emits what is due, and forgets windows that have expired. */
  advance(now: Times, emit: EmitPane): void {
    for (;;) {
      const span = this.due.first?.item;
      if (span === undefined || span.due.at > now.watermark) break;
      if (now.watermark >= span.expiry) this.expire(span, now, emit);
      else this.passEnd(span, now, emit);
    }
    for (;;) {
      const cell = this.delays.first?.item;
      if (cell === undefined || (cell.delay?.at ?? NOT_DUE) > now.processingTime) break;
      this.touch(cell);
      this.setDelay(cell, NOT_DUE);
      this.fireIfReady(cell, now, false, emit);
      this.schedule(cell, now, false);
    }
  }

  // --- elements -------------------------------------------------------------------------------

  private addTo(
    cell: Cell,
    value: Uint8Array,
    timestamp: Timestamp,
    now: Times,
    emit: EmitPane,
  ): void {
    if (cell.isClosed) {
      this.closed++;
      return;
    }
    if (cell.epoch !== this.epoch) this.touch(cell);
    this.store.append(cell, value);
    cell.pending++;
    if (this.rule !== undefined) this.holdFor(cell, this.rule, timestamp, now);
    const { trigger } = this;
    if (trigger === undefined) {
      if (now.watermark >= cell.span.end) this.fire(cell, now, false, emit);
      return;
    }
    cell.trigger ??= trigger.newState();
    trigger.onElement(cell.trigger, momentOf(cell, now, true));
    this.fireIfReady(cell, now, true, emit);
    this.schedule(cell, now, true);
  }

  private cellIn(id: string, window: Window, now: Times): Cell | undefined {
    const { spans, mark } = this;
    let span = spans.find(window);
    if (this.isExpired(span?.expiry ?? this.expiryOf(window), now)) return undefined;
    if (span === undefined) {
      span = this.newSpan(window, now);
      const added = span;
      spans.add(added);
      if (mark !== undefined) this.log.push({ undo: () => spans.delete(added) });
    }
    const present = span.cells?.get(id);
    if (present !== undefined) return present;
    const cell = this.newCell(id, span, now);
    span.cells?.set(id, cell);
    return cell;
  }

  private expiryOf(window: Window): Timestamp {
    return expiryOf(window, this.strategy.allowedLateness);
  }

  private isExpired(expiry: Timestamp, now: Times): boolean {
    if (now.watermark < expiry) return false;
    this.late++;
    return true;
  }

  /** A span that waits for its end, or for its expiry where that has passed. */
  private newSpan(window: Window, now: Times): Span {
    const { due } = this;
    const span = new Span(window, this.strategy.allowedLateness, now.watermark, this.isMerging);
    if (this.mark !== undefined) this.log.push(new SpanSnapshot(span, due));
    due.set(span.due, span.isPastEnd ? span.expiry : span.end);
    return span;
  }

  private newCell(id: string, span: Span, now: Times): Cell {
    const cell = new Cell(id, span, now.watermark >= span.end);
    this.cells++;
    cell.epoch = this.epoch;
    if (this.mark !== undefined) this.log.push(new NewCell(cell, this));
    return cell;
  }

  /** Keeps the cell as it is for a rollback, once a bundle. */
  private touch(cell: Cell): void {
    if (cell.epoch === this.epoch || this.mark === undefined) return;
    cell.epoch = this.epoch;
    this.log.push(new CellSnapshot(cell, this.store, this));
  }

  // --- merging windows ------------------------------------------------------------------------

  /** The cell of an element's window after merging it with the key's other windows. */
  private mergedCell(id: string, window: Window, now: Times): Cell | undefined {
    if (window.kind === "global") throw internalError("The global window does not merge");
    if (this.isExpired(this.expiryOf(window), now)) return undefined;
    const cells = this.keys.get(id);
    if (cells === undefined) return this.newKeyCell(id, window, now);
    const same = cells.find(({ span }) => isSame(span.window, window));
    if (same !== undefined) return same;
    return this.strategy.windowFn.kind === "sessions"
      ? this.sessionCell(id, cells, window, now)
      : this.customCell(id, cells, window, now);
  }

  /** Sessions of a key never overlap, so that those which meet the new one are all that merge. */
  private sessionCell(
    id: string,
    cells: readonly Cell[],
    window: IntervalWindow,
    now: Times,
  ): Cell {
    let { start, end } = window;
    const members: Cell[] = [];
    for (const cell of cells) {
      const own = cell.span.window;
      if (cell.isClosed || own.start >= window.end || own.end <= window.start) continue;
      members.push(cell);
      start = Math.min(start, own.start);
      end = Math.max(end, own.end);
    }
    if (members.length === 0) return this.newKeyCell(id, window, now);
    return this.mergeCells(id, members, intervalOf(start, end), now);
  }

  private customCell(id: string, cells: readonly Cell[], window: IntervalWindow, now: Times): Cell {
    const open = new Map<Window, Cell>();
    for (const cell of cells) if (!cell.isClosed) open.set(cell.span.window, cell);
    const windows = [...open.keys(), window] as readonly IntervalWindow[];
    let target: Cell | undefined;
    for (const { from, to } of mergesOf(this.strategy.windowFn, windows)) {
      const members = from.flatMap((each) => open.get(each) ?? []);
      const merged = this.mergeCells(id, members, to, now);
      if (from.includes(window)) target = merged;
    }
    return target ?? this.newKeyCell(id, window, now);
  }

  private newKeyCell(id: string, window: Window, now: Times): Cell {
    const span = this.newSpan(window, now);
    const cell = this.newCell(id, span, now);
    span.only = cell;
    this.setCells(id, [...(this.keys.get(id) ?? []), cell]);
    return cell;
  }

  /** Replaces a key's cells by others: a rollback puts them back. */
  private setCells(id: string, cells: readonly Cell[]): void {
    const { keys } = this;
    const before = keys.get(id);
    if (this.mark !== undefined) this.log.push({ undo: () => put(keys, id, before) });
    put(keys, id, cells.length === 0 ? undefined : cells);
  }

  /** Makes one cell of several, for the window `to`. */
  private mergeCells(id: string, members: readonly Cell[], to: Window, now: Times): Cell {
    const existing = members.find(({ span }) => isSame(span.window, to));
    const target = existing ?? members[0];
    if (target === undefined) throw internalError("Windows merge without any of them");
    if (existing !== undefined && members.length === 1) return target;
    for (const cell of members) this.touch(cell);
    const { trigger, rule } = this;
    if (trigger !== undefined) {
      const states = members.flatMap((cell) => (cell.trigger === undefined ? [] : [cell.trigger]));
      target.trigger = trigger.merge(states);
    }
    if (existing === undefined) this.move(target, to, now);
    if (members.length > 1) {
      for (const cell of members) {
        if (cell === target) continue;
        this.store.concat(target, cell);
        target.pending += cell.pending;
        const hold = cell.hold?.at ?? NOT_DUE;
        if (rule !== undefined && hold !== NOT_DUE) this.setHold(target, rule.combine, hold);
        this.leave(cell);
      }
      const left = (this.keys.get(id) ?? []).filter(
        (cell) => cell === target || !members.includes(cell),
      );
      this.setCells(id, left);
    }
    this.schedule(target, now, true);
    return target;
  }

  /** A cell goes over into a window that has not emitted anything yet. */
  private move(cell: Cell, to: Window, now: Times): void {
    const { span } = cell;
    const { due } = this;
    if (this.mark !== undefined) this.log.push(new SpanSnapshot(span, due));
    const isPastEnd = now.watermark >= endOf(to);
    span.move(to, this.expiryOf(to), isPastEnd);
    due.set(span.due, isPastEnd ? span.expiry : span.end);
    cell.isLate = isPastEnd;
    cell.panes = 0;
    cell.onTimePanes = 0;
  }

  /** A cell of a merging window is no more. */
  private leave(cell: Cell): void {
    this.retire(cell.span);
    if (cell.hold !== undefined) this.holds.set(cell.hold, NOT_DUE);
    this.setDelay(cell, NOT_DUE);
    this.cells--;
  }

  /** Nothing waits for a span any more. */
  private retire(span: Span): void {
    const { due } = this;
    if (this.mark !== undefined) this.log.push(new SpanSnapshot(span, due));
    due.set(span.due, NOT_DUE);
  }

  // --- time -----------------------------------------------------------------------------------

  /** Event time has passed the end of a window that still takes late elements. */
  private passEnd(span: Span, now: Times, emit: EmitPane): void {
    const { due } = this;
    if (this.mark !== undefined) this.log.push(new SpanSnapshot(span, due));
    span.isPastEnd = true;
    due.set(span.due, span.expiry);
    if (span.only !== undefined) this.passEndOf(span.only, now, emit);
    if (span.cells === undefined) return;
    for (const cell of span.cells.values()) this.passEndOf(cell, now, emit);
  }

  private passEndOf(cell: Cell, now: Times, emit: EmitPane): void {
    // The default trigger has fired already for elements that came with this watermark.
    if (cell.isClosed || (this.trigger === undefined && cell.onTimePanes > 0)) return;
    this.touch(cell);
    this.fireIfReady(cell, now, false, emit);
    this.schedule(cell, now, true);
  }

  /** The window takes no more elements: emits what is left, and forgets it. */
  private expire(span: Span, now: Times, emit: EmitPane): void {
    this.retire(span);
    const { only, cells } = span;
    if (only !== undefined) {
      this.expireCell(only, now, emit);
      const left = (this.keys.get(only.key) ?? []).filter((cell) => cell !== only);
      this.setCells(only.key, left);
    }
    if (cells === undefined) return;
    for (const cell of cells.values()) this.expireCell(cell, now, emit);
    const { spans } = this;
    if (this.mark !== undefined) this.log.push({ undo: () => spans.add(span) });
    spans.delete(span);
  }

  private expireCell(cell: Cell, now: Times, emit: EmitPane): void {
    this.touch(cell);
    if (!cell.isClosed) this.fire(cell, now, true, emit);
    if (cell.hold !== undefined) this.holds.set(cell.hold, NOT_DUE);
    this.setDelay(cell, NOT_DUE);
    this.cells--;
  }

  // --- firing ---------------------------------------------------------------------------------

  private fireIfReady(cell: Cell, now: Times, isArrival: boolean, emit: EmitPane): void {
    if (cell.isClosed) return;
    const moment = momentOf(cell, now, isArrival);
    const { trigger } = this;
    if (trigger === undefined) {
      if (moment.isPastEnd) this.fire(cell, now, false, emit);
      return;
    }
    cell.trigger ??= trigger.newState();
    if (!trigger.shouldFire(cell.trigger, moment)) return;
    trigger.onFire(cell.trigger, moment);
    this.fire(cell, now, trigger.isFinished(cell.trigger), emit);
  }

  /** Emits a pane, where there is something in it or the strategy wants it to be seen empty. */
  private fire(cell: Cell, now: Times, isLast: boolean, emit: EmitPane): void {
    const { strategy } = this;
    const { span } = cell;
    const pane = nextPane(cell, now.watermark >= span.end, isLast);
    const isSeen =
      cell.pending > 0 ||
      (pane.timing === "on-time" && strategy.onTime === "fire-always") ||
      (isLast && strategy.closing === "emit-always");
    if (isSeen) {
      emit(Buffer.from(cell.key, "latin1"), this.store.read(cell), this.metaOf(cell, pane));
      cell.panes++;
      if (pane.timing !== "early") cell.onTimePanes++;
    }
    cell.pending = 0;
    if (cell.hold !== undefined) this.holds.set(cell.hold, NOT_DUE);
    if (isLast || strategy.accumulation === "discarding") this.store.drop(cell);
    if (isLast) this.close(cell);
  }

  /** What is left is a mark that the window takes no more elements of this key. */
  private close(cell: Cell): void {
    cell.isClosed = true;
    cell.trigger = undefined;
    this.setDelay(cell, NOT_DUE);
  }

  private metaOf({ span, hold }: Cell, pane: Pane): ElementMeta {
    const at = hold?.at ?? NOT_DUE;
    if (at !== NOT_DUE) return metaOf(span.window, at, pane);
    if (pane === ONLY_FIRING) return span.usualMeta();
    return metaOf(span.window, maxTimestamp(span.window), pane);
  }

  /** Asks for the clock when the trigger's next delay ends: also at this instant, if `isOpen`. */
  private schedule(cell: Cell, { processingTime }: Times, isOpen: boolean): void {
    const { trigger } = this;
    if (trigger === undefined || cell.trigger === undefined) return;
    const isNow = isOpen && trigger.endsDelayAt(cell.trigger, processingTime);
    this.setDelay(cell, isNow ? processingTime : trigger.nextDelay(cell.trigger, processingTime));
  }

  private setDelay(cell: Cell, at: number): void {
    if (cell.delay === undefined) {
      if (at === NOT_DUE) return;
      cell.delay = heapNode(cell);
    }
    this.delays.set(cell.delay, at);
  }

  /** A late element has no say in the pane's timestamp: time has passed it. */
  private holdFor(cell: Cell, rule: TimestampRule, timestamp: Timestamp, now: Times): void {
    if (timestamp < now.watermark) return;
    this.setHold(cell, rule.combine, rule.assign(timestamp, cell.span.window));
  }

  private setHold(cell: Cell, combine: TimestampRule["combine"], timestamp: Timestamp): void {
    cell.hold ??= heapNode(cell);
    const { at } = cell.hold;
    this.holds.set(cell.hold, at === NOT_DUE ? timestamp : combine(at, timestamp));
  }

  private *records(): Iterable<SpanRecord> {
    for (const span of this.spans) yield this.recordOf(span, [...(span.cells?.values() ?? [])]);
    for (const cells of this.keys.values()) {
      for (const cell of cells) yield this.recordOf(cell.span, [cell]);
    }
  }

  private recordOf({ window, isPastEnd }: Span, cells: readonly Cell[]): SpanRecord {
    return {
      window,
      isPastEnd,
      cells: cells.map((cell) => {
        const { key, isClosed, isLate, pending, panes, onTimePanes, trigger } = cell;
        const hold = cell.hold?.at ?? NOT_DUE;
        const delay = cell.delay?.at ?? NOT_DUE;
        const values = this.store.read(cell);
        const counts = { pending, panes, onTimePanes };
        return { key, isClosed, isLate, ...counts, hold, delay, trigger, values };
      }),
    };
  }

  /** Puts back what was there when the record was made. */
  private take({ window, isPastEnd, cells }: SpanRecord): void {
    const now = { watermark: MIN_TIMESTAMP, processingTime: 0 };
    const span = this.newSpan(window, now);
    span.isPastEnd = isPastEnd;
    if (isPastEnd) this.due.set(span.due, span.expiry);
    if (!this.isMerging) this.spans.add(span);
    for (const record of cells) {
      const cell = this.newCell(record.key, span, now);
      const { isClosed, isLate, pending, panes, onTimePanes, trigger } = record;
      Object.assign(cell, { isClosed, isLate, pending, panes, onTimePanes, trigger });
      for (const value of record.values) this.store.append(cell, value);
      if (record.hold !== NOT_DUE) this.setHold(cell, Math.min, record.hold);
      this.setDelay(cell, record.delay);
      if (this.isMerging) {
        span.only = cell;
        this.setCells(record.key, [...(this.keys.get(record.key) ?? []), cell]);
      } else span.cells?.set(record.key, cell);
    }
  }

  /** What is kept of which window, for tests. */
  inspect(): { readonly window: Window; readonly isClosed: boolean; readonly values: number }[] {
    return [...this.allCells()].map(({ span: { window }, isClosed, size }) => {
      return { window, isClosed, values: size };
    });
  }

  private *allCells(): Iterable<Cell> {
    for (const span of this.spans) yield* span.cells?.values() ?? [];
    for (const cells of this.keys.values()) yield* cells;
  }
}

function momentOf({ span }: Cell, now: Times, isArrival: boolean): Moment {
  const isPastEnd = now.watermark >= span.end;
  return { isPastEnd, processingTime: now.processingTime, isArrival };
}

function textOf(key: Uint8Array): string {
  const buffer = Buffer.isBuffer(key)
    ? key
    : Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  return readLatin1(buffer, 0, buffer.length);
}

function isSame(a: Window, b: Window): boolean {
  if (a.kind === "global" || b.kind === "global") return a.kind === b.kind;
  return a.start === b.start && a.end === b.end;
}

function put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
