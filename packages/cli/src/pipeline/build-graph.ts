import type { Graph } from "beamline";
import type { ChosenPipeline } from "./chosen-pipeline.js";
import { UserModuleError } from "./user-module-error.js";

/** Runs the pipeline's `build`; what it throws comes out with the file's name. */
export async function buildGraph(pipeline: ChosenPipeline): Promise<Graph> {
  const { BeamlineError } = await import("beamline");
  try {
    return pipeline.definition.toGraph(pipeline.code.options);
  } catch (cause) {
    // One of the library's own says what is wrong in words of the pipeline.
    if (cause instanceof BeamlineError && cause.origin !== "user") throw cause;
    throw new UserModuleError(pipeline.file, cause, "build");
  }
}
