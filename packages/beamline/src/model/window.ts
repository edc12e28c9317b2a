import { END_OF_GLOBAL_WINDOW, MIN_TIMESTAMP, type Timestamp } from "./time.js";

/** The single window of unwindowed data: all of time. */
export interface GlobalWindow {
  readonly kind: "global";
  readonly start: Timestamp;
  readonly end: Timestamp;
}

/** Half-open event-time interval `[start, end)`, in milliseconds. */
export interface IntervalWindow {
  readonly kind: "interval";
  readonly start: Timestamp;
  readonly end: Timestamp;
}

export type Window = GlobalWindow | IntervalWindow;

export const GLOBAL_WINDOW: GlobalWindow = Object.freeze({
  kind: "global",
  start: MIN_TIMESTAMP,
  end: END_OF_GLOBAL_WINDOW,
});

/** The last instant that belongs to the window. */
export function maxTimestamp(window: Window): Timestamp {
  return window.kind === "global" ? END_OF_GLOBAL_WINDOW : window.end - 1;
}
