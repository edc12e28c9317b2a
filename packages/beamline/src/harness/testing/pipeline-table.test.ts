import { describe, expect, test } from "vitest";
import { compareBags } from "../../testing/compare-bags.js";
import { PIPELINE_TABLE } from "../../testing/table/index.js";
import { grpcNetwork } from "../../transport/grpc/grpc-network.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { collectOverFnApi } from "./collect-over-fn-api.js";

// The direct ports have their own run of the table: testing/table/pipeline-table.test.ts.
describe.each([
  { transport: "memory", network: createMemoryNetwork(), address: "" },
  { transport: "gRPC", network: grpcNetwork, address: "localhost:0" },
])("runHarness over $transport", ({ network, address }) => {
  test.each(PIPELINE_TABLE)("gives the elements of $name", async ({ build, expected }) => {
    const elements = await collectOverFnApi(build, network, address);
    expect(compareBags(elements, expected)).toEqual({ missing: [], unexpected: [] });
  });
});
