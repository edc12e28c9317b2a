import { Temporal } from "temporal-polyfill";
import { MAX_TIMESTAMP, MIN_TIMESTAMP, type Timestamp } from "../model/time.js";
import type { IntervalWindow } from "../model/window.js";
import { intervalOf } from "./interval-of.js";
import type { CalendarWindows } from "./window-fn.js";

// Loaded on first use, by assign.ts: the calendar takes longer to load than all else that a small
// pipeline needs.

/** What Temporal can express, and more than any calendar needs: 8.64e15 ms around the epoch. */
const TEMPORAL_LIMIT = 8.64e15 - 2 * 366 * 86_400_000;

/** Finds the window of an instant: days, months or years that begin at midnight of a time zone. */
export function calendarWindowAt(
  windowFn: CalendarWindows,
): (timestamp: Timestamp) => IntervalWindow {
  const { unit, count, timeZone } = windowFn;
  const origin = Temporal.PlainDate.from(windowFn.startDate);
  const startOf = (number: number): number =>
    origin.add({ [unit]: number * count }).toZonedDateTime(timeZone).epochMilliseconds;
  return (timestamp) => {
    // Where no calendar reaches, time is one window.
    if (timestamp < -TEMPORAL_LIMIT) return intervalOf(MIN_TIMESTAMP, -TEMPORAL_LIMIT);
    if (timestamp >= TEMPORAL_LIMIT) return intervalOf(TEMPORAL_LIMIT, MAX_TIMESTAMP);
    const date = Temporal.Instant.fromEpochMilliseconds(timestamp)
      .toZonedDateTimeISO(timeZone)
      .toPlainDate();
    const past = origin.until(date, { largestUnit: unit })[unit];
    let number = Math.floor(past / count);
    // `until` counts towards the origin before it, and months end at different days.
    while (startOf(number) > timestamp) number--;
    while (startOf(number + 1) <= timestamp) number++;
    return intervalOf(startOf(number), startOf(number + 1));
  };
}
