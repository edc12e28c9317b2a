import type { DesiredSplit } from "./messages.js";

/** Where the reading of an input is. */
export interface InputPosition {
  /** Index of the element in progress or read last; -1 before the first. */
  readonly index: number;
  /** The part of it that is done; 1 when it is all done. */
  readonly fractionDone: number;
  /** Index of the first element that is not this bundle's: infinite until a split. */
  readonly stop: number;
  /** Whether the element in progress can be split itself. */
  readonly splittable: boolean;
}

export type SplitPoint =
  /** Keep elements before `at`. */
  | { readonly kind: "between"; readonly at: number }
  /** Split the element in progress, keeping this part of what is left of it. */
  | { readonly kind: "within"; readonly fraction: number };

/** Where to split an input so that `fractionOfRemainder` of the work that is left stays here. */
export function splitPointOf(
  position: InputPosition,
  desired: DesiredSplit,
): SplitPoint | undefined {
  const { index, fractionDone, splittable } = position;
  const next = index + 1;
  const end = Math.min(position.stop, Math.max(desired.estimatedElements, next));
  const done = index < 0 ? 0 : index + fractionDone;
  const wanted = done + Math.max(0, end - done) * desired.fractionOfRemainder;
  const allowed = desired.allowedSplitPoints;
  if (splittable && wanted < next && isAllowed(allowed, index) && isAllowed(allowed, next)) {
    return { kind: "within", fraction: (wanted - done) / (1 - fractionDone) };
  }
  const at = pointNear(Math.max(Math.round(wanted), next), allowed, next);
  return at !== undefined && at < end ? { kind: "between", at } : undefined;
}

function isAllowed(allowed: readonly number[], point: number): boolean {
  return allowed.length === 0 || allowed.includes(point);
}

/** The allowed point closest to `wanted`, none before `first`. */
function pointNear(wanted: number, allowed: readonly number[], first: number): number | undefined {
  if (allowed.length === 0) return wanted;
  let best: number | undefined;
  for (const point of allowed) {
    if (point < first) continue;
    if (best === undefined || Math.abs(point - wanted) < Math.abs(best - wanted)) best = point;
  }
  return best;
}
