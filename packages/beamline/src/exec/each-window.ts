import type { ElementMeta } from "../model/element-meta.js";
import { assignsToSeveral } from "../windowing/merge.js";
import type { OperatorContext } from "./operator.js";
import type { Receive } from "./receive.js";
import type { Step } from "./stage.js";

/**
 * Whether a function can tell which window its element is in: one that takes the context, or reads
 * side inputs, which are those of the window.
 */
export function observesWindow(step: Step, fn: { readonly length: number }): boolean {
  return fn.length >= 2 || Object.keys(step.sideInputs ?? {}).length > 0;
}

/**
 * Hands an element on once for each of its windows, where the function below can tell and elements
 * may be in several; else returns `receive` itself.
 */
export function eachWindow(
  { step, metrics }: OperatorContext,
  fn: { readonly length: number },
  receive: Receive,
): Receive {
  const windowFn = step.windowing?.windowFn;
  if (windowFn === undefined || !assignsToSeveral(windowFn) || !observesWindow(step, fn)) {
    return receive;
  }
  return (value, meta) => {
    const { timestamp, windows, pane } = meta;
    if (windows.length === 1) return receive(value, meta);
    for (const window of windows) {
      const single: ElementMeta = { timestamp, windows: [window], pane };
      receive(value, single);
    }
    // It came once.
    metrics.elements -= windows.length - 1;
  };
}
