import type { Duration } from "../../model/duration.js";
import type { Timestamp } from "../../model/time.js";
import type { TimeDomain } from "../../model/time-domain.js";
import type { Window } from "../../model/window.js";
import type { Outputs, TagTypes } from "../context.js";
import type { MetricsContext } from "../metrics.js";

export interface TimerOptions {
  /**
   * The timestamp that the callback's outputs have, and that holds the output watermark until the
   * timer has fired. Default: the time at which an event timer fires; for a processing-time timer
   * the timestamp of the element that sets it.
   */
  readonly outputTimestamp?: Timestamp;
  /** Tells timers of one field apart: each tag is a timer of its own. Default: `""`. */
  readonly tag?: string;
}

/**
 * One timer for each key, window and tag; setting it again replaces it. It can be set while a
 * `process` or timer callback of its DoFn runs.
 */
export interface Timer {
  /**
   * Fires once the watermark (of a processing-time timer: the clock) has reached `timestamp`.
   * Refuses an event time after its window has expired: that timer would never fire.
   */
  set(timestamp: Timestamp, options?: TimerOptions): void;
  /**
   * Fires that long from now. Now is the clock; for an event timer it is the timestamp of the
   * element, and the timer fires at the latest when its window expires.
   */
  setIn(duration: Duration, options?: TimerOptions): void;
  clear(tag?: string): void;
}

/** What a timer's callback is given. Read it before the first `await`. */
export interface TimerContext<K, Out, Tags extends TagTypes = Record<never, never>>
  extends MetricsContext,
    Outputs<Out, Tags> {
  readonly key: K;
  /** The timer's output timestamp: outputs have it unless they are given another. */
  readonly timestamp: Timestamp;
  /** The time for which the timer was set. */
  readonly fireTimestamp: Timestamp;
  readonly window: Window;
  /** The tag that it was set with. */
  readonly tag: string;
  readonly signal: AbortSignal;
}

/** The argument of `DoFn.onWindowExpiration`. */
export type ExpirationContext<K, Out, Tags extends TagTypes = Record<never, never>> = Omit<
  TimerContext<K, Out, Tags>,
  "tag" | "fireTimestamp"
>;

export type TimerCallback<K, Out, Tags extends TagTypes> = (
  ctx: TimerContext<K, Out, Tags>,
) => void | Promise<void>;

/** A timer field as it was declared. */
export interface TimerSpec {
  readonly domain: TimeDomain;
  readonly callback: TimerCallback<never, unknown, Record<string, unknown>>;
}
