import type { Trigger } from "./trigger.js";
import type { WindowFn } from "./window-fn.js";

/**
 * Whether data of both windowings can be mixed: by the same function, with the same parameters
 * (sessions may differ in their gap, since windows are merged by overlap alone).
 */
export function areCompatible(a: WindowFn, b: WindowFn): boolean {
  if (a.kind === "sessions") return b.kind === "sessions";
  if (a.kind === "custom") return b.kind === "custom" && a.fn.name === b.fn.name;
  return isSameData(a, b);
}

export function isSameTrigger(a: Trigger, b: Trigger): boolean {
  return isSameData(a, b);
}

/** Equality of plain data; functions in it must be the same. */
export function isSameData(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b);
  }
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  return left.every(([name, value]) => isSameData(value, (b as Record<string, unknown>)[name]));
}
