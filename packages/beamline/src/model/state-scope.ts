import type { Timestamp } from "./time.js";
import type { TimeDomain } from "./time-domain.js";

/** A key in a window, encoded: what user state and timers belong to. */
export interface StateScope {
  readonly key: Uint8Array;
  readonly window: Uint8Array;
  /** Both as one text: equal ones are the same scope. */
  readonly id: string;
  /** The last instant of event time at which it may be used. Its state goes after that. */
  readonly expiry: Timestamp;
}

/** The timer family behind `DoFn.onWindowExpiration`. */
export const EXPIRATION_FAMILY = "onWindowExpiration";

/** The timer family and cell that keep elements until they can be processed in order. */
export const SORTED_INPUT = "(sorted input)";

/** Which timer: setting it again replaces it. */
export interface TimerAddress {
  /** Unique name of the step. */
  readonly step: string;
  /** Name of the field that declares it. */
  readonly family: string;
  readonly tag: string;
  readonly scope: StateScope;
}

/** A timer that is set. Plain data, fit for a message between threads. */
export interface TimerRecord extends TimerAddress {
  readonly domain: TimeDomain;
  readonly fireTimestamp: Timestamp;
  /** Holds the output watermark until it has fired; what its callback emits has this timestamp. */
  readonly holdTimestamp: Timestamp;
}
