import { NO_FIRING, ONLY_FIRING, type Pane } from "./pane.js";
import { END_OF_GLOBAL_WINDOW, MIN_TIMESTAMP, type Timestamp } from "./time.js";
import { GLOBAL_WINDOW, type Window } from "./window.js";

/**
 * What accompanies an element besides its value. Immutable and shared: one object serves every
 * element that has the same timestamp, windows and pane, so that a globally windowed batch carries
 * a constant.
 */
export interface ElementMeta {
  readonly timestamp: Timestamp;
  readonly windows: readonly Window[];
  readonly pane: Pane;
}

const GLOBAL_ONLY: readonly Window[] = Object.freeze([GLOBAL_WINDOW]);

/** Elements of a bounded source that assigns no timestamps. */
export const IMPULSE_META: ElementMeta = Object.freeze({
  timestamp: MIN_TIMESTAMP,
  windows: GLOBAL_ONLY,
  pane: NO_FIRING,
});

/** Elements that leave a GroupByKey in the global window. */
export const GLOBAL_FIRING_META: ElementMeta = Object.freeze({
  timestamp: END_OF_GLOBAL_WINDOW,
  windows: GLOBAL_ONLY,
  pane: ONLY_FIRING,
});
