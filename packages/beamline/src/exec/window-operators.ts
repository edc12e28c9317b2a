import type { ElementMeta } from "../model/element-meta.js";
import { internalError } from "../model/errors.js";
import { specialise } from "../model/specialise.js";
import { GLOBAL_WINDOW } from "../model/window.js";
import { type Assign, assignerOf } from "../windowing/assign.js";
import type { WindowingStrategy } from "../windowing/windowing-strategy.js";
import type { Operator, OperatorContext } from "./operator.js";
import type { Receive } from "./receive.js";
import { userCodeError } from "./user-code-error.js";

/** Puts each element into the windows of `windowing` (`beam:transform:window_into:v1`). */
export function windowIntoOperator(
  context: OperatorContext,
  { windowFn }: WindowingStrategy,
): Operator {
  const { main, metrics, step } = context;
  const failed = (cause: unknown, element: unknown) => userCodeError(step.name, cause, element);
  const assign = lazily(assignerOf(windowFn));
  const bindings = { metrics, assign, next: main, failed, rewindowed: rewindower() };
  const receive = specialise<Receive>(bindings, WINDOW_INTO);
  return { receive, setup: () => assign.load() };
}

const WINDOW_INTO = `(value, meta) => {
  metrics.elements++;
  let windows;
  try { windows = assign.call(meta.timestamp, value); } catch (cause) { throw failed(cause, value); }
  if (windows.length > 0) next(value, rewindowed(meta, windows));
}`;

/** Gives elements other windows; those that follow one another mostly share their meta. */
function rewindower(): (meta: ElementMeta, windows: ElementMeta["windows"]) => ElementMeta {
  let lastMeta: ElementMeta | undefined;
  let lastWindows: ElementMeta["windows"] | undefined;
  let result: ElementMeta | undefined;
  return (meta, windows) => {
    if (meta === lastMeta && windows === lastWindows && result !== undefined) return result;
    // The shared metas of globally windowed data stay what they are.
    const isGlobal = windows[0] === GLOBAL_WINDOW && meta.windows[0] === GLOBAL_WINDOW;
    const { timestamp, pane } = meta;
    lastMeta = meta;
    lastWindows = windows;
    result = isGlobal ? meta : { timestamp, windows, pane };
    return result;
  };
}

/** An assigner that may have to be loaded before the first bundle. */
function lazily(assign: Assign | Promise<Assign>): {
  call: Assign;
  load(): void | Promise<void>;
} {
  if (!(assign instanceof Promise)) return { call: assign, load: () => {} };
  const lazy = {
    call: (): never => {
      throw internalError("Windows were assigned before their calendar was loaded");
    },
    load: async () => {
      lazy.call = (await assign) as never;
    },
  };
  // Whoever never sets the operator up must not hear of it.
  assign.catch(() => undefined);
  return lazy;
}

/** Hands on the values of `[key, [timestamp, value]...]` with their timestamps: ends a reshuffle. */
export function restampOperator({ main, metrics }: OperatorContext): Operator {
  return {
    receive(group, { windows, pane }) {
      metrics.elements++;
      const [, stamped] = group as readonly [unknown, Iterable<readonly [number, unknown]>];
      for (const [timestamp, value] of stamped) main(value, { timestamp, windows, pane });
    },
  };
}
