import type { PipelineOptions } from "../pipeline-options.js";

/** Options of the Flink runner that are right for our workers. Those that the user gives win. */
export const flinkDefaults: PipelineOptions = {
  environmentCacheMillis: 300_000,
  // One process per task manager serves all of its slots, each from a thread of its own.
  sdkWorkerParallelism: 1,
};
