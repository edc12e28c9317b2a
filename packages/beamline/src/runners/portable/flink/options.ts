import type { PipelineOptions } from "../pipeline-options.js";

/** Options of the Flink runner that are right for our workers. Those that the user gives win. */
export const flinkDefaults: PipelineOptions = {
  // Workers outlive a stage. A batch job on Flink is not retried, so that it does not matter that
  // retries would find a dead one.
  environmentCacheMillis: 300_000,
  // One process per task manager serves all of its slots, each from a thread of its own.
  sdkWorkerParallelism: 1,
};
