import type { PipelineOptions } from "../pipeline-options.js";

/**
 * Options of the Spark runner that are right for our workers, where Beam's defaults are not. Those
 * that the user gives win.
 */
export const sparkDefaults: PipelineOptions = {
  // Workers outlive a stage: Beam's default of 0 starts them anew for each.
  environmentCacheMillis: 300_000,
  // One process per executor serves all of its task slots, each from a thread of its own.
  sdkWorkerParallelism: 1,
  // Data that several steps read goes to disk when memory is short. Beam's default, MEMORY_ONLY,
  // computes it again, user functions included.
  storageLevel: "MEMORY_AND_DISK",
};
