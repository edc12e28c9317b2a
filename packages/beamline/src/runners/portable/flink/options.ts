import { type Graph, primitivesOf } from "../../../graph/nodes.js";
import type { PipelineOptions } from "../pipeline-options.js";

/** Options of the Flink runner that are right for our workers. Those that the user gives win. */
export const flinkDefaults: PipelineOptions = {
  // Workers outlive a stage. A batch job on Flink is not retried, so that it does not matter that
  // retries would find a dead one.
  environmentCacheMillis: 300_000,
  // One process per task manager serves all of its slots, each from a thread of its own.
  sdkWorkerParallelism: 1,
};

/** On top of them where the workers are in the process that submits the job. */
export const flinkLoopbackDefaults: PipelineOptions = {
  // With checkpoints Flink would start a job again for ever, and nobody would see why it fails.
  numberOfExecutionRetries: 0,
};

/** On top of them for a graph whose input is endless. */
export function flinkStreamingDefaults(graph: Graph): PipelineOptions {
  const isTest = primitivesOf(graph).some(({ kind }) => kind === "testStream");
  return { streaming: true, ...(isTest ? PLAYED : CHECKPOINTED) };
}

const CHECKPOINTED: PipelineOptions = {
  // State, timers and sources are saved so often, and bundles are finalized.
  checkpointingInterval: 10_000,
};

/**
 * A test has to see elements and watermarks in their order, and to end with its source: with
 * checkpoints Flink keeps sources that have nothing more to say, for timers that are still to come.
 */
const PLAYED: PipelineOptions = { parallelism: 1, maxBundleSize: 1 };
