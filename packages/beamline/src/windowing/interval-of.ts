import { BeamlineError } from "../model/errors.js";
import { END_OF_GLOBAL_WINDOW, MIN_TIMESTAMP } from "../model/time.js";
import type { IntervalWindow } from "../model/window.js";
import type { CustomWindowFn } from "./window-fn.js";

/** Keeps windows at the ends of time within Beam's instants. */
export function intervalOf(start: number, end: number): IntervalWindow {
  return Object.freeze({
    kind: "interval",
    start: Math.max(MIN_TIMESTAMP, start),
    end: Math.min(END_OF_GLOBAL_WINDOW, end),
  });
}

/** A window of user code, made sure to be one. */
export function checked(fn: CustomWindowFn, window: unknown): IntervalWindow {
  const { start, end } = (window ?? {}) as Partial<IntervalWindow>;
  if (Number.isInteger(start) && Number.isInteger(end) && Number(start) < Number(end)) {
    return intervalOf(Number(start), Number(end));
  }
  throw new BeamlineError(
    "BAD_WINDOW",
    `Cannot put an element into the windows "${fn.name}": the function gave ${JSON.stringify(window) ?? typeof window}; give intervals with start < end in whole milliseconds, such as interval(start, end)`,
  );
}
