import { packSpec } from "../../proto/function-spec.js";
import type { Pipeline } from "../../proto/gen/pipeline/pipeline_pb.js";
import {
  FixedWindowsPayloadSchema,
  MergeStatus_Enum,
} from "../../proto/gen/pipeline/windowing_pb.js";
import { durationFromMillis } from "../../proto/instants.js";
import { beamlineUrns, windowFnUrns } from "../../proto/urns.js";

/**
 * Tells a runner that knows Beam's windows only of fixed windows where a pipeline has window functions
 * of its own, calendar windows among them: workers put elements into windows, and where these do not
 * merge a runner needs no more than how to read an interval and when it ends.
 *
 * Changes `pipeline`; the transforms that assign windows keep their function.
 */
export function standInForOwnWindows({ components }: Pipeline): void {
  for (const strategy of Object.values(components?.windowingStrategies ?? {})) {
    if (strategy.windowFn?.urn !== beamlineUrns.windowFn) continue;
    if (strategy.mergeStatus === MergeStatus_Enum.NEEDS_MERGE) continue;
    strategy.windowFn = packSpec(windowFnUrns.fixedWindows, FixedWindowsPayloadSchema, {
      size: durationFromMillis(1),
    });
  }
}
