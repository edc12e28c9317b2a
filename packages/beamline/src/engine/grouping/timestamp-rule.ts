import type { Timestamp } from "../../model/time.js";
import { maxTimestamp, type Window } from "../../model/window.js";
import type { WindowingStrategy } from "../../windowing/windowing-strategy.js";

/** How the timestamps of a pane's elements become its own. */
export interface TimestampRule {
  assign(timestamp: Timestamp, window: Window): Timestamp;
  combine(a: Timestamp, b: Timestamp): Timestamp;
}

/** Undefined where a pane has its window's last instant. */
export function timestampRule({
  windowFn,
  timestampCombiner,
}: WindowingStrategy): TimestampRule | undefined {
  // Custom windows need not hold their elements' timestamps; panes stay within them.
  const assign = (timestamp: Timestamp, window: Window) =>
    Math.min(timestamp, maxTimestamp(window));
  switch (timestampCombiner) {
    case "endOfWindow":
      return undefined;
    case "earliest":
      return { assign, combine: Math.min };
    case "latest":
      return { assign, combine: Math.max };
    case "earliestTransformed": {
      if (windowFn.kind !== "custom") return { assign, combine: Math.min };
      const { fn } = windowFn;
      return {
        assign: (timestamp, window) =>
          (window.kind === "interval" ? fn.outputTime?.(timestamp, window) : undefined) ??
          assign(timestamp, window),
        combine: Math.min,
      };
    }
  }
}
