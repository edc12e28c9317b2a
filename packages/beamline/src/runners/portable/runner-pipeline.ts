import type { Graph } from "../../graph/nodes.js";
import { graphToProto } from "../../graph/proto/graph-to-proto.js";
import type { Environment } from "../../proto/gen/pipeline/environment_pb.js";
import type { Pipeline } from "../../proto/gen/pipeline/pipeline_pb.js";
import { checkCapabilities } from "./capabilities/check-capabilities.js";
import { expandSplittable } from "./expand-splittable.js";
import { withoutEmptyPanes } from "./on-time-panes.js";
import { standInForOwnWindows } from "./own-windows.js";
import { withPassOnSteps } from "./pass-on-steps.js";
import type { RunnerProfile } from "./runner-profile.js";

export interface RunnerPipeline {
  readonly pipeline: Pipeline;
  /** A sentence for each thing that the runner will ignore. */
  readonly warnings: readonly string[];
}

/**
 * The graph as a runner takes it: checked against what it can do, with the transforms that it would
 * not expand well expanded. Throws `UNSUPPORTED_BY_RUNNER`, which lists everything at once.
 */
export function runnerPipeline(
  graph: Graph,
  profile: RunnerProfile,
  environment: Environment,
): RunnerPipeline {
  const pipeline = graphToProto(graph, environment, profile.duties);
  const warnings = checkCapabilities(pipeline, profile);
  const prepared = withPassOnSteps(pipeline);
  withoutEmptyPanes(prepared);
  if (!profile.asksForWindows) standInForOwnWindows(prepared);
  return { pipeline: profile.expandSplittable ? expandSplittable(prepared) : prepared, warnings };
}
