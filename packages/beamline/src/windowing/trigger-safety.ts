import type { Trigger } from "./trigger.js";
import type { WindowingStrategy } from "./windowing-strategy.js";

/** Whether a trigger can be done with a window while data may still come: that data is lost. */
export function mayFinish(trigger: Trigger): boolean {
  switch (trigger.kind) {
    case "default":
    case "always":
    case "repeatedly":
      return false;
    case "never":
    case "afterCount":
    case "afterProcessingTime":
    case "afterSynchronizedProcessingTime":
      return true;
    case "afterWatermark":
      return trigger.late === undefined;
    case "afterFirst":
      return trigger.triggers.some(mayFinish);
    case "afterEach":
    case "afterAll":
      return trigger.triggers.every(mayFinish);
    case "orFinally":
      return mayFinish(trigger.main) || mayFinish(trigger.finally);
  }
}

/**
 * Whether all data that comes in time is emitted. `never()` finishes just as the window expires, and
 * `afterWatermark()` when no more is taken, where no lateness is allowed.
 */
export function isSafe({ trigger, allowedLateness }: WindowingStrategy): boolean {
  if (!mayFinish(trigger) || trigger.kind === "never") return true;
  return trigger.kind === "afterWatermark" && allowedLateness === 0;
}

/** Whether a window can emit more than one pane. */
export function canEmitSeveralPanes(strategy: WindowingStrategy): boolean {
  const { trigger, windowFn, allowedLateness } = strategy;
  return trigger.kind !== "default" || (windowFn.kind !== "global" && allowedLateness > 0);
}
