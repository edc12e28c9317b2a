import type { PipelineOptions } from "../pipeline-options.js";

/**
 * Options of the Spark runner that are right for our workers, where Beam's defaults are not. Those
 * that the user gives win.
 */
export const sparkDefaults: PipelineOptions = {
  // Beam's default, and right: a new worker for each stage costs less than a second. A kept one that
  // has died is used again by every retry in its executor, and so fails the job.
  environmentCacheMillis: 0,
  // One process per executor serves all of its task slots, each from a thread of its own.
  sdkWorkerParallelism: 1,
  // Data that several steps read goes to disk when memory is short. Beam's default, MEMORY_ONLY,
  // computes it again, user functions included.
  storageLevel: "MEMORY_AND_DISK",
};

/** On top of them where the workers are in the process that submits the job. */
export const sparkLoopbackDefaults: PipelineOptions = {
  // They cannot die without that process, and starting them anew for each stage took a sixth of the
  // time of a job of some seconds.
  environmentCacheMillis: 300_000,
};
