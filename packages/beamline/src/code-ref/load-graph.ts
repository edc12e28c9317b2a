import type { Graph } from "../graph/nodes.js";
import { BeamlineError } from "../model/errors.js";
import { isPipelineDefinition } from "../pipeline/define-pipeline.js";
import type { CodeReference } from "./code-reference.js";

/** Imports the module that `code` names and builds its pipeline's graph again. */
export async function loadGraph(code: CodeReference): Promise<Graph> {
  const exportName = code.exportName ?? "default";
  const module: Readonly<Record<string, unknown>> = await import(code.url);
  const definition = module[exportName];
  if (!isPipelineDefinition(definition)) {
    throw new BeamlineError(
      "NOT_A_PIPELINE",
      `Cannot load the pipeline: the export "${exportName}" of ${code.url} is not a pipeline; export the result of definePipeline()`,
    );
  }
  return definition.toGraph(code.options);
}
