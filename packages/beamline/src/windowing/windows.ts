import { type Duration, toMilliseconds } from "../model/duration.js";
import { BeamlineError } from "../model/errors.js";
import type { IntervalWindow } from "../model/window.js";
import type {
  CalendarWindows,
  CustomWindowFn,
  CustomWindows,
  FixedWindows,
  GlobalWindows,
  Sessions,
  SlidingWindows,
} from "./window-fn.js";

/** One window for everything, as a PCollection has that was never windowed. */
export function globalWindows(): GlobalWindows {
  return Object.freeze({ kind: "global" });
}

export interface OffsetOptions {
  /** Windows begin at multiples of the size (or of `every`) plus this. Default: 0, the epoch in UTC. */
  readonly offset?: Duration;
}

/**
 * Windows of equal size, one after the other: `fixedWindows({ minutes: 5 })`, in milliseconds where
 * a number is given. An element is in exactly one.
 */
export function fixedWindows(size: Duration, options: OffsetOptions = {}): FixedWindows {
  const action = "make fixed windows";
  const length = positive(size, action, "size");
  const offset = offsetOf(options, length, action);
  return Object.freeze({ kind: "fixed", size: length, offset });
}

export interface SlidingOptions extends OffsetOptions {
  readonly size: Duration;
  /** How often a window begins. Larger than `size` leaves gaps, whose elements are in no window. */
  readonly every: Duration;
}

/**
 * A window of `size` begins every `every`: `slidingWindows({ size: { hours: 1 }, every: { minutes: 5 } })`.
 * An element is in each that holds its timestamp: 12 windows here.
 */
export function slidingWindows(options: SlidingOptions): SlidingWindows {
  const action = "make sliding windows";
  const size = positive(options.size, action, "size");
  const period = positive(options.every, action, "every");
  const offset = offsetOf(options, period, action);
  return Object.freeze({ kind: "sliding", size, period, offset });
}

/**
 * Windows of activity: an element and, key by key, all that follow within `gap` of one another. The
 * window ends `gap` after its last element. Windows merge where data is grouped by key.
 */
export function sessions(gap: Duration): Sessions {
  return Object.freeze({ kind: "sessions", gap: positive(gap, "make session windows", "gap") });
}

export interface CalendarOptions {
  /** How many days, months or years make a window. Default: 1. */
  readonly count?: number;
  /** IANA name of the time zone whose midnight begins a window. Default: `UTC`. */
  readonly timeZone?: string;
  /** A date on which a window begins, as `YYYY-MM-DD`. Default: `1970-01-01`. */
  readonly startDate?: string;
}

/** Days of a time zone, of 23 to 25 hours where clocks change. */
export function calendarDays(options: CalendarOptions = {}): CalendarWindows {
  return calendar("days", options);
}

/** Months of a time zone's calendar. */
export function calendarMonths(options: CalendarOptions = {}): CalendarWindows {
  return calendar("months", options);
}

/** Years of a time zone's calendar. */
export function calendarYears(options: CalendarOptions = {}): CalendarWindows {
  return calendar("years", options);
}

/**
 * Windows by a function of one's own. `assign` gives the windows of an element; with `merge`,
 * windows of a key unite when they are grouped, into one that spans them all.
 *
 * @throws BAD_WINDOW_FN where a part is missing.
 */
export function customWindows(fn: CustomWindowFn): CustomWindows {
  const { name, assign, merge } = (fn ?? {}) as Partial<CustomWindowFn>;
  const isName = typeof name === "string" && name !== "";
  const isMerge = merge === undefined || typeof merge === "function";
  if (!isName || typeof assign !== "function" || !isMerge) {
    throw new BeamlineError(
      "BAD_WINDOW_FN",
      "Cannot make custom windows: they need a name and a function assign(timestamp, element); pass { name, assign }, and merge where windows unite",
    );
  }
  return Object.freeze({ kind: "custom", fn });
}

/** The window from `start` up to, but without, `end`, in milliseconds since the epoch. */
export function interval(start: number, end: number): IntervalWindow {
  if (!Number.isInteger(start) || !Number.isInteger(end) || start >= end) {
    throw new BeamlineError(
      "BAD_WINDOW",
      `Cannot make the window [${start}, ${end}): its ends must be whole milliseconds, start < end; round them first`,
    );
  }
  return Object.freeze({ kind: "interval", start, end });
}

function positive(duration: Duration, action: string, what: string): number {
  const milliseconds = toMilliseconds(duration, action);
  if (milliseconds > 0) return milliseconds;
  throw new BeamlineError(
    "BAD_WINDOW_FN",
    `Cannot ${action}: ${what} is ${milliseconds} ms; give a longer one`,
  );
}

function offsetOf({ offset = 0 }: OffsetOptions, period: number, action: string): number {
  return toMilliseconds(offset, action) % period;
}

const DATE = /^\d{4}-\d\d-\d\d$/;

function calendar(unit: CalendarWindows["unit"], options: CalendarOptions): CalendarWindows {
  const { count = 1, timeZone = "UTC", startDate = "1970-01-01" } = options;
  const cannot = (state: string) =>
    new BeamlineError("BAD_WINDOW_FN", `Cannot make windows of calendar ${unit}: ${state}`);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw cannot(`count is ${count}; give a whole number of 1 or more`);
  }
  if (!isTimeZone(timeZone)) {
    throw cannot(
      `${JSON.stringify(timeZone)} is no time zone; give a name such as "Europe/Berlin"`,
    );
  }
  if (!DATE.test(startDate) || new Date(startDate).toJSON()?.slice(0, 10) !== startDate) {
    throw cannot(`startDate is ${JSON.stringify(startDate)}; give a date such as "2024-01-31"`);
  }
  return Object.freeze({ kind: "calendar", unit, count, timeZone, startDate });
}

function isTimeZone(timeZone: unknown): timeZone is string {
  if (typeof timeZone !== "string") return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}
