import { EXPIRATION_FAMILY, type TimerAddress, type TimerRecord } from "../../model/state-scope.js";
import type { Timestamp } from "../../model/time.js";
import { Heap } from "./heap.js";
import { ENTRY_BYTES, type Ledger } from "./ledger.js";
import type { Table } from "./undo-log.js";

interface Entry {
  readonly record: TimerRecord;
  readonly address: string;
  /** Timers of one time fire in the order in which they were set. */
  readonly order: number;
}

/** Entries that have been replaced may stay in a heap up to this many more than are alive. */
const SLACK = 1000;

/**
 * The timers of a stage. The heaps may hold entries that were replaced or cleared: an entry counts
 * only while the table has it.
 */
export class TimerTable {
  readonly table = new Map<string, Entry>();
  private readonly ledger: Ledger;
  private readonly event = new Heap<Entry>(firesBefore);
  private readonly processing = new Heap<Entry>(firesBefore);
  private readonly holds = new Heap<Entry>(
    (a, b) => a.record.holdTimestamp < b.record.holdTimestamp,
  );
  private order = 0;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  set(record: TimerRecord): void {
    const address = addressOf(record);
    const old = this.table.get(address);
    if (old !== undefined && isSame(old.record, record)) return;
    this.ledger.changes?.setTimer(record);
    const entry: Entry = { record, address, order: this.order++ };
    this.ledger.log.note(this.table as Table, address, old);
    this.table.set(address, entry);
    this.ledger.grow(record.scope, old === undefined ? cost(entry) : 0);
    this.heapOf(entry).push(entry);
    this.holds.push(entry);
    if (this.holds.size > 2 * this.table.size + SLACK) this.rebuild();
  }

  clear(timer: TimerAddress): void {
    this.ledger.changes?.clearTimer(timer);
    this.remove(addressOf(timer));
  }

  /** Takes out what is due, in the order of firing: window expiration last. */
  takeDue(watermark: Timestamp, processingTime: number): TimerRecord[] {
    const due: TimerRecord[] = [];
    const last: TimerRecord[] = [];
    for (;;) {
      const entry = this.first(this.event);
      if (entry === undefined || entry.record.fireTimestamp > watermark) break;
      this.remove(entry.address);
      const isExpiration = entry.record.family === EXPIRATION_FAMILY;
      (isExpiration ? last : due).push(entry.record);
    }
    for (;;) {
      const entry = this.first(this.processing);
      if (entry === undefined || entry.record.fireTimestamp > processingTime) break;
      this.remove(entry.address);
      due.push(entry.record);
    }
    return last.length === 0 ? due : [...due, ...last];
  }

  get nextEventTime(): Timestamp | undefined {
    return this.first(this.event)?.record.fireTimestamp;
  }

  get nextProcessingTime(): number | undefined {
    return this.first(this.processing)?.record.fireTimestamp;
  }

  get hold(): Timestamp | undefined {
    return this.first(this.holds)?.record.holdTimestamp;
  }

  /** Removes the timers of the scopes that have gone. */
  dropScopes(isGone: (id: string) => boolean): void {
    for (const { address, record } of [...this.table.values()]) {
      if (isGone(record.scope.id)) this.remove(address);
    }
  }

  /** What the heaps hold no longer fits the table, after a rollback. */
  rebuild(): void {
    const entries = [...this.table.values()];
    this.event.fill(entries.filter(({ record }) => record.domain === "event-time"));
    this.processing.fill(entries.filter(({ record }) => record.domain === "processing-time"));
    this.holds.fill(entries);
  }

  private remove(address: string): void {
    const old = this.table.get(address);
    if (old === undefined) return;
    this.ledger.log.note(this.table as Table, address, old);
    this.table.delete(address);
    this.ledger.bytes -= cost(old);
  }

  private first(heap: Heap<Entry>): Entry | undefined {
    for (let entry = heap.peek(); entry !== undefined; entry = heap.peek()) {
      if (this.table.get(entry.address) === entry) return entry;
      heap.pop();
    }
    return undefined;
  }

  private heapOf({ record }: Entry): Heap<Entry> {
    return record.domain === "event-time" ? this.event : this.processing;
  }
}

function firesBefore(a: Entry, b: Entry): boolean {
  const difference = a.record.fireTimestamp - b.record.fireTimestamp;
  return difference < 0 || (difference === 0 && a.order < b.order);
}

function isSame(a: TimerRecord, b: TimerRecord): boolean {
  return a.fireTimestamp === b.fireTimestamp && a.holdTimestamp === b.holdTimestamp;
}

/** Lengths keep the parts apart; the scope comes last. */
function addressOf({ step, family, tag, scope }: TimerAddress): string {
  return `${step.length} ${family.length} ${tag.length} ${step}${family}${tag}${scope.id}`;
}

function cost({ address, record }: Entry): number {
  return address.length + record.scope.key.length + record.scope.window.length + 2 * ENTRY_BYTES;
}
