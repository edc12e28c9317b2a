import { describe, expect, test } from "vitest";
import { Pipeline } from "../../pipeline/pipeline.js";
import { LocalJob } from "../../runners/local/local-job.js";
import { compareBags } from "../../testing/compare-bags.js";
import { PIPELINE_TABLE, type Row } from "../../testing/table/index.js";
import { grpcNetwork } from "../../transport/grpc/grpc-network.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import type { Network } from "../../transport/transport.js";
import { runHarness } from "../run-harness.js";
import { FnApiExecutor } from "./fn-api-executor.js";
import { TestRunner } from "./test-runner.js";

/** Runs a pipeline on the embedded engine, every bundle of it in a harness. */
async function collectOverFnApi({ build }: Row, network: Network, address: string) {
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

// The direct ports have their own run of the table: testing/table/pipeline-table.test.ts.
describe.each([
  { transport: "memory", network: createMemoryNetwork(), address: "" },
  { transport: "gRPC", network: grpcNetwork, address: "localhost:0" },
])("runHarness over $transport", ({ network, address }) => {
  test.each(PIPELINE_TABLE)("gives the elements of $name", async (row) => {
    const elements = await collectOverFnApi(row, network, address);
    expect(compareBags(elements, row.expected)).toEqual({ missing: [], unexpected: [] });
  });
});
