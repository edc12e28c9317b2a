import { requireOwn } from "../pipeline/handle.js";
import type { PCollection } from "../pipeline/pcollection.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { LocalJob } from "../runners/local/local-job.js";
import type { LocalRunOptions } from "../runners/local/run-options.js";

/**
 * Runs a pipeline in this process and returns the elements of the PCollection that `build` returns,
 * in no particular order. Everything is encoded at every edge, unless asked otherwise: what passes
 * here passes on a cluster.
 *
 * @example
 * ```ts
 * const counts = await collect((p) => p.create(["a", "b", "a"]).countPerElement());
 * ```
 */
export async function collect<T>(
  build: (p: Pipeline) => PCollection<T>,
  options: LocalRunOptions = {},
): Promise<T[]> {
  const pipeline = new Pipeline("collect");
  const [id = ""] = requireOwn("collect", pipeline.builder, [build(pipeline)]);
  const job = new LocalJob(pipeline.toGraph(), { strictEncoding: true, ...options }, [id]);
  await job.run();
  return job.read(id) as T[];
}
