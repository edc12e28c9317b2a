import { BeamlineError } from "../model/errors.js";
import { describeTrigger, describeWindowFn } from "../windowing/describe.js";
import { areCompatible, isSameTrigger } from "../windowing/same-windowing.js";
import { isSafe } from "../windowing/trigger-safety.js";
import type { WindowingStrategy } from "../windowing/windowing-strategy.js";
import type { PCollectionId } from "./nodes.js";

/**
 * Refuses a grouping that would never emit, or lose data.
 *
 * @throws ENDLESS_WINDOW for unbounded input in the global window that nothing triggers;
 * UNSAFE_TRIGGER for a trigger that is done before its window is.
 */
export function requireGroupable(
  name: string,
  { windowing, isBounded }: { readonly windowing: WindowingStrategy; readonly isBounded: boolean },
): void {
  const { windowFn, trigger } = windowing;
  if (!isBounded && windowFn.kind === "global" && trigger.kind === "default") {
    throw new BeamlineError(
      "ENDLESS_WINDOW",
      `Cannot group in "${name}": its input is unbounded and in the global window, which never ends, so nothing would ever come out; call window(fixedWindows(...)) first, or give it a trigger: window(globalWindows(), { trigger, accumulation })`,
    );
  }
  if (isSafe(windowing)) return;
  const described = describeTrigger(trigger);
  const late = trigger.kind === "afterWatermark" ? "late data is allowed, but " : "";
  const advice =
    trigger.kind === "afterWatermark"
      ? "give it late firings, such as afterWatermark({ late: afterCount(1) }), or allow no lateness"
      : `did you mean repeatedly(${described})?`;
  throw new BeamlineError(
    "UNSAFE_TRIGGER",
    `Cannot group in "${name}": ${late}its trigger ${described} finishes before the window does, and what comes after is lost; ${advice}`,
  );
}

/**
 * Refuses a flatten of differently windowed inputs.
 *
 * @throws INCOMPATIBLE_WINDOWING naming the first two inputs that differ.
 */
export function requireCompatible(
  name: string,
  flows: readonly { readonly id: PCollectionId; readonly windowing: WindowingStrategy }[],
): void {
  const [first, ...others] = flows;
  if (first === undefined) return;
  for (const other of others) {
    if (other.windowing === first.windowing) continue;
    const { windowFn, trigger } = other.windowing;
    if (!areCompatible(first.windowing.windowFn, windowFn)) {
      throw incompatible(
        name,
        `"${first.id}" is in ${describeWindowFn(first.windowing.windowFn)} and "${other.id}" in ${describeWindowFn(windowFn)}`,
      );
    }
    if (!isSameTrigger(first.windowing.trigger, trigger)) {
      throw incompatible(
        name,
        `"${first.id}" has the trigger ${describeTrigger(first.windowing.trigger)} and "${other.id}" ${describeTrigger(trigger)}`,
      );
    }
  }
}

function incompatible(name: string, state: string): BeamlineError {
  return new BeamlineError(
    "INCOMPATIBLE_WINDOWING",
    `Cannot flatten in "${name}": ${state}; window all inputs alike, by window(...), before they are flattened`,
  );
}
