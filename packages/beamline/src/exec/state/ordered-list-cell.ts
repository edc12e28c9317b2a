import { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import type {
  OrderedListState,
  TimestampedValue,
  TimestampRange,
} from "../../fn/state/state-types.js";
import { MAX_TIMESTAMP, MIN_TIMESTAMP, type Timestamp } from "../../model/time.js";
import type { Cell, CellHome } from "./cell.js";
import type { ListStore, StoredItem } from "./ports.js";

/** Values by timestamp. A list may be far larger than what is read of it: nothing is kept decoded. */
export class OrderedListCell implements OrderedListState<unknown>, Cell {
  private readonly home: CellHome<ListStore>;
  private readonly coder: Coder<unknown>;
  private added: StoredItem[] = [];

  constructor(home: CellHome<ListStore>, coder: Coder<unknown>) {
    this.home = home;
    this.coder = coder;
  }

  add(timestamp: Timestamp, value: unknown): void {
    this.added.push({ timestamp, value: this.home.scratch.bytesOf(this.coder, value) });
  }

  read(range: TimestampRange = {}): readonly TimestampedValue<unknown>[] {
    this.flush();
    const { store, scope } = this.home;
    const items = store.read(scope, fromOf(range), toOf(range));
    return items.map(({ timestamp, value }) => ({
      timestamp,
      value: this.coder.decode(new ByteReader(value)),
    }));
  }

  clearRange(range: TimestampRange): void {
    this.flush();
    const { store, scope } = this.home;
    store.clear(scope, fromOf(range), toOf(range));
  }

  isEmpty(): boolean {
    return this.read().length === 0;
  }

  clear(): void {
    this.clearRange({});
  }

  flush(): void {
    if (this.added.length === 0) return;
    const { store, scope } = this.home;
    store.append(scope, this.added);
    this.added = [];
  }
}

function fromOf({ from }: TimestampRange): Timestamp {
  return from ?? MIN_TIMESTAMP;
}

/** Nothing lies at the greatest timestamp itself: it is the end of time. */
function toOf({ to }: TimestampRange): Timestamp {
  return to ?? MAX_TIMESTAMP;
}
