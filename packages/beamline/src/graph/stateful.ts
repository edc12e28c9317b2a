import { isStateful } from "../fn/do-fn-signature.js";
import type { UserFn } from "../fn/user-fn.js";
import { BeamlineError } from "../model/errors.js";
import type { WindowFn } from "../windowing/window-fn.js";
import type { WindowingStrategy } from "../windowing/windowing-strategy.js";

/** Whether elements have to come to a function key by key. */
export function isStatefulFn(fn: UserFn): boolean {
  return fn.kind === "doFn" && isStateful(fn.signature);
}

/** Refuses state in windows that may still merge: state of two windows has no union. */
export function requireFixedWindows(name: string, fn: UserFn, windowing: WindowingStrategy): void {
  if (!isStatefulFn(fn) || windowing.alreadyMerged || !merges(windowing.windowFn)) return;
  throw new BeamlineError(
    "STATE_IN_MERGING_WINDOWS",
    `Cannot keep state or set timers in "${name}": its input is in ${windowing.windowFn.kind} windows, which merge; group it first, or put it into windows that do not merge`,
  );
}

function merges(windowFn: WindowFn): boolean {
  if (windowFn.kind === "custom") return windowFn.fn.merge !== undefined;
  return windowFn.kind === "sessions";
}
