import { BeamlineError } from "../model/errors.js";
import type { IntervalWindow } from "../model/window.js";
import { checked, intervalOf } from "./interval-of.js";
import type { WindowFn } from "./window-fn.js";
import type { WindowingStrategy } from "./windowing-strategy.js";

/** Windows of one key that become one. */
export interface MergedWindows {
  readonly from: readonly IntervalWindow[];
  readonly to: IntervalWindow;
}

/** Whether windows of this function unite, key by key, when they are grouped. */
export function isMerging(windowFn: WindowFn): boolean {
  return (
    windowFn.kind === "sessions" || (windowFn.kind === "custom" && windowFn.fn.merge !== undefined)
  );
}

/** Whether a grouping with this strategy has to merge windows. */
export function needsMerge({ windowFn, alreadyMerged }: WindowingStrategy): boolean {
  return !alreadyMerged && isMerging(windowFn);
}

/** Whether elements can be in several windows at once. */
export function assignsToSeveral(windowFn: WindowFn): boolean {
  switch (windowFn.kind) {
    case "sliding":
      return windowFn.size > windowFn.period;
    case "custom":
      return windowFn.fn.assignsToOneWindow !== true;
    default:
      return false;
  }
}

/** The merges that `windows`, all of one key and distinct, need: only those that change something. */
export function mergesOf(windowFn: WindowFn, windows: readonly IntervalWindow[]): MergedWindows[] {
  const groups =
    windowFn.kind === "custom" ? customGroups(windowFn.fn, windows) : overlapping(windows);
  return groups
    .filter((from) => from.length > 1)
    .map((from) => ({
      from,
      to: intervalOf(
        Math.min(...from.map(({ start }) => start)),
        Math.max(...from.map(({ end }) => end)),
      ),
    }));
}

/** Windows that have an instant in common, also by way of others. */
function overlapping(windows: readonly IntervalWindow[]): IntervalWindow[][] {
  const groups: IntervalWindow[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const window of [...windows].sort((a, b) => a.start - b.start)) {
    const group = groups.at(-1);
    if (group !== undefined && window.start < end) group.push(window);
    else groups.push([window]);
    end = Math.max(end, window.end);
  }
  return groups;
}

function customGroups(
  fn: Extract<WindowFn, { kind: "custom" }>["fn"],
  windows: readonly IntervalWindow[],
): IntervalWindow[][] {
  const left = new Map(windows.map((window) => [idOf(window), window]));
  return [...(fn.merge?.(windows) ?? [])].map((group) =>
    [...group].map((each) => {
      const id = idOf(checked(fn, each));
      const window = left.get(id);
      if (window === undefined) {
        throw new BeamlineError(
          "BAD_WINDOW",
          `Cannot merge the windows "${fn.name}": merge() named [${each.start}, ${each.end}) twice, or it was not given; return groups of the windows that it got, each in one group`,
        );
      }
      left.delete(id);
      return window;
    }),
  );
}

function idOf({ start, end }: IntervalWindow): string {
  return `${start} ${end}`;
}
