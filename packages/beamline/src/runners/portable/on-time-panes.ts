import type { Pipeline } from "../../proto/gen/pipeline/pipeline_pb.js";
import { OnTimeBehavior_Enum, type Trigger } from "../../proto/gen/pipeline/windowing_pb.js";

/**
 * Asks for no empty pane at the end of a window where there can't be one that means anything: without
 * early firings a window has elements then, or does not exist. Flink fires some windows twice there,
 * with nothing the second time.
 */
export function withoutEmptyPanes({ components }: Pipeline): void {
  for (const strategy of Object.values(components?.windowingStrategies ?? {})) {
    if (firesEarly(strategy.trigger)) continue;
    strategy.onTimeBehavior = OnTimeBehavior_Enum.FIRE_IF_NONEMPTY;
  }
}

function firesEarly(trigger: Trigger | undefined): boolean {
  switch (trigger?.trigger.case) {
    case undefined:
    case "default":
      return false;
    case "afterEndOfWindow":
      return trigger.trigger.value.earlyFirings !== undefined;
    default:
      return true;
  }
}
