import { BeamlineError } from "../model/errors.js";
import type { Timestamp } from "../model/time.js";
import { GLOBAL_WINDOW, type IntervalWindow, type Window } from "../model/window.js";
import { checked, intervalOf } from "./interval-of.js";
import type { CustomWindowFn, WindowFn } from "./window-fn.js";

/** The windows of an element. Elements of the same windows mostly get the same frozen array. */
export type Assign = (timestamp: Timestamp, element: unknown) => readonly Window[];

const GLOBAL_ONLY: readonly Window[] = Object.freeze([GLOBAL_WINDOW]);

/**
 * The function that puts elements into the windows of `windowFn`. It comes as a promise for calendar
 * windows, whose time zones are loaded only where they are used.
 */
export function assignerOf(windowFn: WindowFn): Assign | Promise<Assign> {
  switch (windowFn.kind) {
    case "global":
      return () => GLOBAL_ONLY;
    case "fixed": {
      const { size, offset } = windowFn;
      return oneEach((timestamp) => alignedWindow(timestamp, size, size, offset));
    }
    case "sliding": {
      const { size, period, offset } = windowFn;
      return slidingAssigner(size, period, offset);
    }
    case "sessions": {
      const { gap } = windowFn;
      return (timestamp) => [intervalOf(timestamp, timestamp + gap)];
    }
    case "calendar":
      return import("./calendar.js").then(({ calendarWindowAt }) =>
        oneEach(calendarWindowAt(windowFn)),
      );
    case "custom":
      return customAssigner(windowFn.fn);
  }
}

/** Windows that follow one another: the last one is tried first. */
function oneEach(windowAt: (timestamp: Timestamp) => IntervalWindow): Assign {
  let windows: readonly Window[] = [];
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  return (timestamp) => {
    if (timestamp >= start && timestamp < end) return windows;
    const window = windowAt(timestamp);
    windows = Object.freeze([window]);
    start = window.start;
    end = window.end;
    return windows;
  };
}

/** All windows between two starts have the same elements: those of one period are kept. */
function slidingAssigner(size: number, period: number, offset: number): Assign {
  let windows: readonly Window[] = [];
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  return (timestamp) => {
    if (timestamp >= from && timestamp < to) return windows;
    const last = alignedStart(timestamp, period, offset);
    const found: IntervalWindow[] = [];
    for (let start = last; start > timestamp - size; start -= period) {
      found.push(intervalOf(start, start + size));
    }
    // Windows end between two starts too, where the period is no divisor of the size.
    const tail = size % period;
    const ending = last + tail;
    const isBeforeEnding = timestamp < ending;
    from = tail === 0 || isBeforeEnding ? last : ending;
    to = tail !== 0 && isBeforeEnding ? ending : last + period;
    windows = Object.freeze(found);
    return windows;
  };
}

/** The window of `size` that begins at the last multiple of `period` (plus `offset`) before `timestamp`. */
function alignedWindow(
  timestamp: Timestamp,
  size: number,
  period: number,
  offset: number,
): IntervalWindow {
  const start = alignedStart(timestamp, period, offset);
  return intervalOf(start, start + size);
}

function alignedStart(timestamp: Timestamp, period: number, offset: number): number {
  const rest = (timestamp - offset) % period;
  return rest < 0 ? timestamp - rest - period : timestamp - rest;
}

function customAssigner(fn: CustomWindowFn): Assign {
  return (timestamp, element) => {
    const windows = [...fn.assign(timestamp, element)].map((window) => checked(fn, window));
    if (fn.assignsToOneWindow === true && windows.length > 1) {
      throw new BeamlineError(
        "BAD_WINDOW",
        `Cannot put an element into the windows "${fn.name}": assign() gave ${windows.length} of them, but the window function says assignsToOneWindow; give one, or leave the property out`,
      );
    }
    return Object.freeze(windows);
  };
}
