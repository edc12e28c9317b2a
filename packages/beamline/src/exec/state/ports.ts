import type { CellSpec } from "../../fn/state/cell-spec.js";
import type { StateScope, TimerAddress, TimerRecord } from "../../model/state-scope.js";
import type { Timestamp } from "../../model/time.js";

/** Encoded values in the order of their coming: behind value, bag and combining state. */
export interface BagStore {
  /** Values one after the other, in as many pieces as there are; a piece may end within a value. */
  read(scope: StateScope): readonly Uint8Array[];
  append(scope: StateScope, values: Uint8Array): void;
  /** Clears, then appends. */
  replace(scope: StateScope, values: Uint8Array): void;
  clear(scope: StateScope): void;
}

/** One encoded value under each encoded key: behind map and set state. */
export interface MapStore {
  /** Every key, in no particular order. */
  keys(scope: StateScope): readonly Uint8Array[];
  get(scope: StateScope, key: Uint8Array): Uint8Array | undefined;
  set(scope: StateScope, key: Uint8Array, value: Uint8Array): void;
  delete(scope: StateScope, key: Uint8Array): void;
  clear(scope: StateScope): void;
}

export interface StoredItem {
  readonly timestamp: Timestamp;
  readonly value: Uint8Array;
}

/** Encoded values by timestamp. Ranges include `from` and not `to`. */
export interface ListStore {
  read(scope: StateScope, from: Timestamp, to: Timestamp): readonly StoredItem[];
  /** The least timestamp that is there. */
  earliest(scope: StateScope): Timestamp | undefined;
  append(scope: StateScope, items: readonly StoredItem[]): void;
  clear(scope: StateScope, from: Timestamp, to: Timestamp): void;
}

/**
 * The state of a stage's steps, for the bundle that runs: given by whoever runs the stage. What is
 * written is read back at once, and kept when the bundle commits.
 */
export interface StatePort {
  bag(step: string, cell: string): BagStore;
  map(step: string, cell: string): MapStore;
  list(step: string, cell: string): ListStore;
  /**
   * Brings what a scope holds within reach of these synchronous calls. Undefined, or absent, where
   * it is so already.
   */
  prepare?(
    step: string,
    cells: readonly { readonly name: string; readonly kind: CellSpec["kind"] }[],
    scope: StateScope,
  ): Promise<void> | undefined;
}

/** The timers of a stage's steps, for the bundle that runs. */
export interface TimerPort {
  /** The time of day that processing-time timers follow, in ms. */
  readonly processingTime: number;
  /** Of the stage's input; the minimum where only the runner knows it. */
  readonly watermark: Timestamp;
  set(timer: TimerRecord): void;
  clear(timer: TimerAddress & Pick<TimerRecord, "domain">): void;
  /**
   * Whether the runner itself sees to what a timer family of the step's own would be for: window
   * expiration, sorted input. Where it does not, the step sets timers to do so.
   */
  isRunnerManaged(step: string, family: string): boolean;
}

/** Receives the timers of a bundle: the third argument of `BundleSource.feed`. */
export interface TimerReceiver {
  /** Runs the timer's callback; it may have to wait for one that is under way: see the gate. */
  fire(timer: TimerRecord): void;
  /**
   * The keys so far will not come again in this bundle, and nobody wants their state: steps forget
   * it without writing it back. While nothing is under way, see the gate.
   */
  forgetKeys(): void;
}
