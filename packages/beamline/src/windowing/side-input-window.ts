import { BeamlineError } from "../model/errors.js";
import { GLOBAL_WINDOW, maxTimestamp, type Window } from "../model/window.js";
import { type Assign, assignerOf } from "./assign.js";
import { describeWindowFn } from "./describe.js";
import { checked } from "./interval-of.js";
import { isMerging } from "./merge.js";
import type { WindowFn } from "./window-fn.js";

/** The window of a side input that belongs to a window of the main input. */
export type SideInputWindow = (mainWindow: Window) => Window;

/**
 * Maps windows of a main input to windows of a side input that is windowed by `windowFn`: the
 * earliest of those that hold the main window's last instant. A promise where {@link assignerOf}
 * gives one.
 *
 * @throws BAD_SIDE_INPUT_WINDOW for merging windows: no one could say which one a window belongs to.
 */
export function sideInputWindowOf(windowFn: WindowFn): SideInputWindow | Promise<SideInputWindow> {
  if (windowFn.kind === "global") return () => GLOBAL_WINDOW;
  if (windowFn.kind === "custom" && windowFn.fn.sideInputWindow !== undefined) {
    const { fn } = windowFn;
    return (mainWindow) => checked(fn, fn.sideInputWindow?.(lastInstant(windowFn, mainWindow)));
  }
  if (isMerging(windowFn)) {
    throw new BeamlineError(
      "BAD_SIDE_INPUT_WINDOW",
      `Cannot read a side input in ${describeWindowFn(windowFn)}: such windows merge, so that none belongs to a window of the main input; window the side input by fixed or sliding windows`,
    );
  }
  const assign = assignerOf(windowFn);
  return assign instanceof Promise
    ? assign.then((loaded) => earliestAtEnd(windowFn, loaded))
    : earliestAtEnd(windowFn, assign);
}

function earliestAtEnd(windowFn: WindowFn, assign: Assign): SideInputWindow {
  return (mainWindow) => {
    let earliest: Window | undefined;
    for (const window of assign(lastInstant(windowFn, mainWindow), undefined)) {
      if (earliest === undefined || maxTimestamp(window) < maxTimestamp(earliest)) {
        earliest = window;
      }
    }
    if (earliest !== undefined) return earliest;
    throw new BeamlineError(
      "BAD_SIDE_INPUT_WINDOW",
      `Cannot read a side input in ${describeWindowFn(windowFn)}: none of them holds the end of the main input's window; give the window function a sideInputWindow()`,
    );
  };
}

function lastInstant(windowFn: WindowFn, mainWindow: Window): number {
  if (mainWindow.kind === "interval") return maxTimestamp(mainWindow);
  throw new BeamlineError(
    "BAD_SIDE_INPUT_WINDOW",
    `Cannot read a side input in ${describeWindowFn(windowFn)}: the main input is in the global window, which belongs to none of them; window the main input, too, or put the side input into globalWindows()`,
  );
}
