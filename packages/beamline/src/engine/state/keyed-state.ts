import { getOrMake } from "../../model/get-or-make.js";
import type { TimerAddress, TimerRecord } from "../../model/state-scope.js";
import { END_OF_GLOBAL_WINDOW, MIN_TIMESTAMP, type Timestamp } from "../../model/time.js";
import type { Times } from "../times.js";
import { BagTable } from "./bag-table.js";
import { ChangeLog } from "./change-log.js";
import { Ledger } from "./ledger.js";
import { ListTable } from "./list-table.js";
import { MapTable } from "./map-table.js";
import { readChanges } from "./read-changes.js";
import { readSnapshot, writeSnapshot } from "./snapshot.js";
import { TimerTable } from "./timer-table.js";

export interface KeyedStateOptions {
  /** Keeps what each transaction changes until the next one: see {@link KeyedState.changes}. */
  readonly keepsChanges?: boolean;
}

/**
 * The state and timers of some of a stage's keys: opaque bytes by step, cell, key and window. A
 * bundle is a transaction: `startBundle`, then `commit` or `rollback`.
 *
 * What belongs to a window goes once the watermark has passed its expiry and its timers have fired.
 */
export class KeyedState {
  private readonly ledger: Ledger;
  private readonly timers: TimerTable;
  private readonly bags = new Map<string, BagTable>();
  private readonly maps = new Map<string, MapTable>();
  private readonly lists = new Map<string, ListTable>();
  /** What the running transaction has let go of. */
  private gone: { readonly id: string; readonly expiry: Timestamp }[] = [];
  private times: Times = { watermark: MIN_TIMESTAMP, processingTime: 0 };

  constructor({ keepsChanges = false }: KeyedStateOptions = {}) {
    this.ledger = new Ledger(keepsChanges ? new ChangeLog() : undefined);
    this.timers = new TimerTable(this.ledger);
  }

  /** Makes what {@link snapshot} wrote. */
  static restore(bytes: Uint8Array, options?: KeyedStateOptions): KeyedState {
    const state = new KeyedState(options);
    state.begin();
    readSnapshot(bytes, {
      bag: (name) => state.bagNamed(name),
      map: (name) => state.mapNamed(name),
      list: (name) => state.listNamed(name),
      timer: (timer) => state.timers.set(timer),
      expiry: (id, expiry) => state.ledger.expiries.watchId(id, expiry),
    });
    state.commit();
    return state;
  }

  startBundle(times: Times): void {
    this.times = times;
    this.ledger.begin();
  }

  begin(): void {
    this.startBundle(this.times);
  }

  commit(): void {
    this.gone = [];
    this.ledger.commit();
  }

  /** Leaves everything as it was when the bundle started. */
  rollback(): void {
    this.ledger.rollback();
    this.timers.rebuild();
    for (const { id, expiry } of this.gone) this.ledger.expiries.watchId(id, expiry);
    this.gone = [];
  }

  /** Time has moved on within a bundle, or back for other keys. */
  setTimes(times: Times): void {
    this.times = times;
  }

  get watermark(): Timestamp {
    return this.times.watermark;
  }

  get processingTime(): number {
    return this.times.processingTime;
  }

  bag(step: string, cell: string): BagTable {
    return this.bagNamed(nameOf(step, cell));
  }

  map(step: string, cell: string): MapTable {
    return this.mapNamed(nameOf(step, cell));
  }

  list(step: string, cell: string): ListTable {
    return this.listNamed(nameOf(step, cell));
  }

  set(timer: TimerRecord): void {
    this.timers.set(timer);
  }

  clear(timer: TimerAddress): void {
    this.timers.clear(timer);
  }

  /**
   * Takes out the timers that are due, in the order in which they are to fire, and lets go of what
   * has expired and has none of them. Part of a bundle's transaction.
   */
  takeDueTimers(times: Times): TimerRecord[] {
    const { ledger } = this;
    const { changes } = ledger;
    changes?.takeDue(times);
    ledger.changes = undefined;
    const due = this.timers.takeDue(times.watermark, times.processingTime);
    this.letGo(times.watermark, new Set(due.map(({ scope }) => scope.id)));
    ledger.changes = changes;
    return due;
  }

  /** The earliest watermark at which {@link takeDueTimers} has something to do. */
  get nextEventTime(): Timestamp | undefined {
    const timer = this.timers.nextEventTime;
    const { next } = this.ledger.expiries;
    if (timer === undefined || next === undefined) return timer ?? next;
    return Math.min(timer, next);
  }

  get nextProcessingTime(): number | undefined {
    return this.timers.nextProcessingTime;
  }

  /** No timer's callback may emit anything before this. */
  get hold(): Timestamp | undefined {
    return this.timers.hold;
  }

  /** Approximate size in memory. */
  get bytes(): number {
    return this.ledger.bytes;
  }

  /** Everything between two bundles, as bytes for {@link KeyedState.restore}. */
  snapshot(): Uint8Array<ArrayBuffer> {
    return writeSnapshot({
      bags: this.bags,
      maps: this.maps,
      lists: this.lists,
      timers: [...this.timers.table.values()].map(({ record }) => record),
      expiries: this.ledger.expiries.entries(),
    });
  }

  /** What the last transaction has changed, as bytes for {@link replay}. Needs `keepsChanges`. */
  changes(): Uint8Array<ArrayBuffer> {
    return this.ledger.changes?.toBytes() ?? new Uint8Array(0);
  }

  /** A transaction that makes the changes of another one again, on the same state. */
  replay(changes: Uint8Array): void {
    this.begin();
    readChanges(changes, {
      bag: (name) => this.bagNamed(name),
      map: (name) => this.mapNamed(name),
      list: (name) => this.listNamed(name),
      setTimer: (timer) => this.timers.set(timer),
      clearTimer: (timer) => this.timers.clear(timer),
      takeDue: (times) => this.takeDueTimers(times),
    });
    this.commit();
  }

  private letGo(watermark: Timestamp, firing: ReadonlySet<string>): void {
    const gone = new Set<string>();
    for (const { expiry, ids } of this.ledger.expiries.takeExpired(watermark)) {
      for (const id of ids) {
        if (firing.has(id)) this.ledger.expiries.watchId(id, expiry);
        else {
          gone.add(id);
          this.gone.push({ id, expiry });
        }
      }
    }
    // The end of the global window, whose keys nobody has remembered.
    if (watermark > END_OF_GLOBAL_WINDOW && firing.size === 0) this.dropAll(() => true);
    else if (gone.size > 0) this.dropAll((id) => gone.has(id), gone);
  }

  /** @param ids - All that are gone, where they are few enough to be listed. */
  private dropAll(isGone: (id: string) => boolean, ids?: Iterable<string>): void {
    for (const tables of [this.bags, this.maps, this.lists]) {
      for (const cells of tables.values()) {
        for (const id of ids ?? [...cells.table.keys()]) cells.drop(id);
      }
    }
    if (this.timers.table.size > 0) this.timers.dropScopes(isGone);
  }

  private bagNamed(name: string): BagTable {
    return getOrMake(this.bags, name, () => new BagTable(this.ledger, name));
  }

  private mapNamed(name: string): MapTable {
    return getOrMake(this.maps, name, () => new MapTable(this.ledger, name));
  }

  private listNamed(name: string): ListTable {
    return getOrMake(this.lists, name, () => new ListTable(this.ledger, name));
  }
}

/** Names of steps and cells have no line breaks in common with this. */
function nameOf(step: string, cell: string): string {
  return `${step}\n${cell}`;
}
