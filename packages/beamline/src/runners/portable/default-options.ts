import type { Graph } from "../../graph/nodes.js";
import type { PipelineOptions } from "./pipeline-options.js";
import type { RunnerProfile } from "./runner-profile.js";

/** The options that a runner gets for a graph, unless the user says otherwise. */
export function defaultOptions(
  profile: RunnerProfile,
  graph: Graph,
  { loopback }: { readonly loopback: boolean },
): PipelineOptions {
  const isStream = [...graph.pcollections.values()].some(({ isBounded }) => !isBounded);
  return {
    ...profile.options,
    ...(isStream ? profile.streamingOptions?.(graph) : undefined),
    ...(loopback ? profile.loopbackOptions : undefined),
  };
}
