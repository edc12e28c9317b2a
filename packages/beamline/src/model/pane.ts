/** Why a pane fired, relative to the watermark. */
export type PaneTiming = "early" | "on-time" | "late" | "unknown";

/** Which firing of its window an element belongs to. Indices count from 0. */
export interface Pane {
  readonly timing: PaneTiming;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly index: number;
  /** Index among on-time and late panes; -1 for early ones. */
  readonly onTimeIndex: number;
}

/** The pane of elements that no trigger has touched (`PaneInfo.NO_FIRING`). */
export const NO_FIRING: Pane = Object.freeze({
  timing: "unknown",
  isFirst: true,
  isLast: true,
  index: 0,
  onTimeIndex: 0,
});

/** The only pane of a window in batch (`PaneInfo.ON_TIME_AND_ONLY_FIRING`). */
export const ONLY_FIRING: Pane = Object.freeze({
  timing: "on-time",
  isFirst: true,
  isLast: true,
  index: 0,
  onTimeIndex: 0,
});
