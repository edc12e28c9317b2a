import type { WindowFn } from "../../windowing/window-fn.js";
import type { WindowingStrategy } from "../../windowing/windowing-strategy.js";

/** How the values of a key come together. */
export type Grouping =
  /** All at once, in the one global window. */
  | "whole"
  /** All at once in each window: windows and keys together are looked up by their bytes. */
  | "byWindow"
  /** As triggers and merging windows will have it. */
  | "triggered";

/**
 * Input that ends is grouped at once where its trigger has nothing to say before the end: every
 * window has one pane then.
 */
export function groupingOf(windowing: WindowingStrategy, isBounded: boolean): Grouping {
  const { windowFn, trigger, timestampCombiner, alreadyMerged } = windowing;
  const firesOnce =
    trigger.kind === "default" ||
    (trigger.kind === "afterWatermark" && trigger.early === undefined);
  if (!isBounded || !firesOnce || timestampCombiner !== "endOfWindow") return "triggered";
  if (windowFn.kind === "global") return "whole";
  return mayMerge(windowFn) && !alreadyMerged ? "triggered" : "byWindow";
}

function mayMerge(windowFn: WindowFn): boolean {
  if (windowFn.kind === "custom") return windowFn.fn.merge !== undefined;
  return windowFn.kind === "sessions";
}
