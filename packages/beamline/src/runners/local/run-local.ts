import type { Graph } from "../../graph/nodes.js";
import { BeamlineError } from "../../model/errors.js";
import { LocalJob } from "./local-job.js";
import type { LocalRunOptions, LocalRunResult } from "./run-options.js";

/**
 * Runs a graph on this machine, on the embedded engine, and resolves when all of its output stands.
 *
 * Rejects with a {@link BeamlineError}: a `UserCodeError` where a user function threw, `CANCELLED`
 * where the signal was aborted. What was half-written is removed first.
 */
export async function runLocal(
  graph: Graph,
  options: LocalRunOptions = {},
): Promise<LocalRunResult> {
  if ((graph as Partial<Graph> | undefined)?.kind !== "graph") {
    throw new BeamlineError(
      "NOT_A_GRAPH",
      "Cannot run the pipeline: runLocal() takes a graph; pass definition.toGraph(options)",
    );
  }
  return await new LocalJob(graph, options).run();
}
