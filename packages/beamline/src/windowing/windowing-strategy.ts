import type { Trigger } from "./trigger.js";
import type { CustomWindowFn, WindowFn } from "./window-fn.js";

/** Whether a pane holds what came since the last one, or all of its window so far. */
export type Accumulation = "discarding" | "accumulating";

/**
 * The timestamp of what a grouping emits for a window (Beam's `OutputTime`): that of the earliest or
 * latest element of the pane that was not late, or the window's last instant. `earliestTransformed`
 * is the earliest after {@link CustomWindowFn.outputTime}, which only the embedded engine has.
 */
export type TimestampCombiner = "earliest" | "latest" | "endOfWindow" | "earliestTransformed";

/** How a PCollection is windowed, and how groupings below emit (Beam's `WindowingStrategy`). */
export interface WindowingStrategy {
  readonly windowFn: WindowFn;
  readonly trigger: Trigger;
  readonly accumulation: Accumulation;
  /** Milliseconds past its end for which a window still takes elements. */
  readonly allowedLateness: number;
  readonly timestampCombiner: TimestampCombiner;
  /** Whether a window emits a last pane when it expires although nothing came since the pane before. */
  readonly closing: "emit-if-nonempty" | "emit-always";
  /** The same for the on-time pane. */
  readonly onTime: "fire-always" | "fire-if-nonempty";
  /** Set once a merging windowing has been grouped: its windows no longer merge. */
  readonly alreadyMerged: boolean;
}

/** Everything in one window, emitted at the end: what a PCollection has unless it was windowed. */
export const GLOBAL_WINDOWING: WindowingStrategy = Object.freeze({
  windowFn: Object.freeze({ kind: "global" }),
  trigger: Object.freeze({ kind: "default" }),
  accumulation: "discarding",
  allowedLateness: 0,
  timestampCombiner: "endOfWindow",
  closing: "emit-if-nonempty",
  onTime: "fire-always",
  alreadyMerged: false,
});
