import type { Timestamp } from "../model/time.js";
import type { IntervalWindow } from "../model/window.js";

/** How elements are put into windows: plain data, but for custom ones. All lengths in milliseconds. */
export type WindowFn =
  | GlobalWindows
  | FixedWindows
  | SlidingWindows
  | Sessions
  | CalendarWindows
  | CustomWindows;

/** One window for everything (`beam:window_fn:global_windows:v1`). */
export interface GlobalWindows {
  readonly kind: "global";
}

/** Windows of equal size, one after the other (`beam:window_fn:fixed_windows:v1`). */
export interface FixedWindows {
  readonly kind: "fixed";
  readonly size: number;
  /** Windows begin at multiples of `size` plus this. */
  readonly offset: number;
}

/** A window of `size` begins every `period` (`beam:window_fn:sliding_windows:v1`). */
export interface SlidingWindows {
  readonly kind: "sliding";
  readonly size: number;
  readonly period: number;
  readonly offset: number;
}

/** Windows that last until nothing has come for `gap`, by key (`beam:window_fn:session_windows:v1`). */
export interface Sessions {
  readonly kind: "sessions";
  readonly gap: number;
}

/** Days, months or years of a calendar, in a time zone. */
export interface CalendarWindows {
  readonly kind: "calendar";
  readonly unit: "days" | "months" | "years";
  /** How many of the unit make a window. */
  readonly count: number;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** The date on which counting starts, as `YYYY-MM-DD`. */
  readonly startDate: string;
}

/** What a user's own windows are made of. */
export interface CustomWindows {
  readonly kind: "custom";
  readonly fn: CustomWindowFn;
}

export interface CustomWindowFn {
  /** Tells windowings apart; two of the same name are taken to be the same. */
  readonly name: string;
  assign(timestamp: Timestamp, element: unknown): Iterable<IntervalWindow>;
  /**
   * Unites windows of one key: the windows that are to become one, in groups. Without it windows
   * never merge.
   */
  merge?(windows: readonly IntervalWindow[]): Iterable<readonly IntervalWindow[]>;
  /**
   * The timestamp that an element counts with where timestamps are combined by `earliestTransformed`.
   * Not before the element's own.
   */
  outputTime?(timestamp: Timestamp, window: IntervalWindow): Timestamp;
  /** The window of a side input that belongs to a window of the main input. Default: the one of its last instant. */
  sideInputWindow?(mainWindowEnd: Timestamp): IntervalWindow;
  /** Whether `assign` may give more than one window. Default: true. */
  readonly assignsToOneWindow?: boolean;
}
