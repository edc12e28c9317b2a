import type { Clock } from "../model/clock.js";
import type { Residual } from "./residual.js";
import type { StatePort, TimerPort } from "./state/ports.js";

/** What whoever runs a stage provides for its steps, and hears from them. */
export interface StageHooks {
  /** The state of keys and windows. Default: a stage whose steps keep none. */
  readonly state?: StatePort;
  /** Default: a stage whose steps set none. */
  readonly timers?: TimerPort;
  /** What watermark estimators and resume delays follow. Default: the system's. */
  readonly clock?: Clock;
  /**
   * Asked inside each claim of a splittable DoFn: true ends the running call at once, and what it
   * has left becomes a residual. Default: never.
   */
  readonly checkpoint?: () => boolean;
  /**
   * Called before each claim of a splittable DoFn: the time to hear of splits while user code runs
   * without a pause. Default: nothing is heard.
   */
  readonly poll?: () => void;
  /** Takes what splittable DoFns leave for later. Default: they must finish. */
  readonly onResidual?: (residual: Residual) => void;
  /** What a table of accumulators may take before it is emitted. Default: as much as it does. */
  readonly tableBytes?: number | undefined;
  /** Takes the callbacks of `ctx.afterCommit`. Default: they are dropped. */
  readonly onFinalize?: (callback: () => void | Promise<void>) => void;
}
