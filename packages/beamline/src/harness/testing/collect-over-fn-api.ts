import type { PCollection } from "../../pipeline/pcollection.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { LocalJob } from "../../runners/local/local-job.js";
import type { Network } from "../../transport/transport.js";
import { runHarness } from "../run-harness.js";
import { FnApiExecutor } from "./fn-api-executor.js";
import { TestRunner } from "./test-runner.js";

/** Runs a pipeline on the embedded engine, every bundle of it in a harness. */
export async function collectOverFnApi<T>(
  build: (p: Pipeline) => PCollection<T>,
  network: Network,
  address: string,
) {
  const pipeline = new Pipeline("table");
  const { id } = build(pipeline);
  const graph = pipeline.toGraph();
  const runner = await TestRunner.start(network, address);
  const harness = runHarness({
    workerId: "w1",
    network,
    control: runner.address,
    logging: runner.address,
    code: { kind: "graph", graph },
  });
  try {
    const job = new LocalJob(graph, {}, [id], (plan) => new FnApiExecutor(plan, graph, runner));
    await job.run();
    return job.read(id);
  } finally {
    runner.finish();
    await harness;
    await runner.close();
  }
}
