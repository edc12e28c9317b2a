import type { Coder } from "../../coders/coder.js";
import { globalWindow } from "../../coders/global-window.js";
import { intervalWindow } from "../../coders/interval-window.js";
import { END_OF_GLOBAL_WINDOW, type Timestamp } from "../../model/time.js";
import { maxTimestamp, type Window } from "../../model/window.js";
import { GLOBAL_WINDOWING, type WindowingStrategy } from "../../windowing/windowing-strategy.js";

/** How the windows of a step's input are encoded. */
export function windowCoderOf(windowing: WindowingStrategy = GLOBAL_WINDOWING): Coder<Window> {
  const coder = windowing.windowFn.kind === "global" ? globalWindow : intervalWindow;
  return coder as Coder<unknown> as Coder<Window>;
}

/** The last instant at which a window takes elements and may have timers. */
export function expiryOf(
  window: Window,
  { allowedLateness }: WindowingStrategy = GLOBAL_WINDOWING,
): Timestamp {
  return Math.min(maxTimestamp(window) + allowedLateness, END_OF_GLOBAL_WINDOW);
}
