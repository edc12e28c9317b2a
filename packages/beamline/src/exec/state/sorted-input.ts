import { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import { internalError } from "../../model/errors.js";
import { SORTED_INPUT, type StateScope } from "../../model/state-scope.js";
import { MIN_TIMESTAMP, type Timestamp } from "../../model/time.js";
import type { ListStore, StatePort, TimerPort } from "./ports.js";
import { Scratch } from "./scratch.js";

export interface SortedElement {
  readonly value: unknown;
  readonly timestamp: Timestamp;
}

/** Keeps the elements of a `requiresTimeSortedInput` step until the watermark has passed them. */
export class SortedInput {
  private readonly step: string;
  private readonly state: StatePort;
  private open: ListStore | undefined;
  private readonly timers: TimerPort;
  private readonly coder: Coder<unknown>;
  private readonly scratch = new Scratch();

  constructor(step: string, state: StatePort, timers: TimerPort, coder: Coder<unknown>) {
    this.step = step;
    this.state = state;
    this.timers = timers;
    this.coder = coder;
  }

  startBundle(): void {
    this.open = this.state.list(this.step, SORTED_INPUT);
  }

  private get store(): ListStore {
    if (this.open === undefined) throw internalError("An element before its bundle");
    return this.open;
  }

  /** Late elements can't be put in order any more. */
  isLate(timestamp: Timestamp): boolean {
    return timestamp < this.timers.watermark;
  }

  add(scope: StateScope, value: unknown, timestamp: Timestamp): void {
    const earliest = this.store.earliest(scope);
    this.store.append(scope, [{ timestamp, value: this.scratch.bytesOf(this.coder, value) }]);
    if (earliest === undefined || timestamp < earliest) this.setTimer(scope, timestamp);
  }

  /**
   * Elements that the watermark has passed, in order.
   *
   * @param reached - An instant that it has reached for sure.
   */
  take(scope: StateScope, reached: Timestamp): SortedElement[] {
    const { store, coder } = this;
    const watermark = Math.max(this.timers.watermark, reached);
    const end = watermark >= scope.expiry ? Number.POSITIVE_INFINITY : watermark;
    const taken = store.read(scope, MIN_TIMESTAMP, end).map(({ timestamp, value }) => ({
      timestamp,
      value: coder.decode(new ByteReader(value)),
    }));
    store.clear(scope, MIN_TIMESTAMP, end);
    const next = store.earliest(scope);
    if (next !== undefined) this.setTimer(scope, next);
    return taken;
  }

  /** Fires once no element of that timestamp can come any more. */
  private setTimer(scope: StateScope, timestamp: Timestamp): void {
    this.timers.set({
      step: this.step,
      family: SORTED_INPUT,
      tag: "",
      scope,
      domain: "event-time",
      fireTimestamp: Math.min(timestamp + 1, scope.expiry),
      holdTimestamp: timestamp,
    });
  }
}
