import { internalError } from "../model/errors.js";
import type { WindowingStrategy } from "../windowing/windowing-strategy.js";
import type { Operator, OperatorContext } from "./operator.js";

/** Puts each element into the windows of `windowing` (`beam:transform:window_into:v1`). */
export function windowIntoOperator(
  { main, metrics }: OperatorContext,
  { windowFn }: WindowingStrategy,
): Operator {
  if (windowFn.kind !== "global") throw internalError("Only global windows are there yet");
  return {
    receive(value, meta) {
      metrics.elements++;
      main(value, meta);
    },
  };
}
