import { expect, test } from "vitest";
import { varint } from "../../coders/varint.js";
import { BeamFnExternalWorkerPool } from "../../proto/gen/fn-execution/worker-pool_pb.js";
import { runnerProtocolUrns } from "../../proto/urns.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { startWorkerPool } from "../worker-pool.js";
import { register, stageFixture } from "./stage-fixture.js";
import { TestRunner } from "./test-runner.js";

async function open() {
  const network = createMemoryNetwork();
  const fixture = stageFixture<number>((n) => n.map((x) => x + 1), varint);
  const runner = await TestRunner.start(network, "");
  register(runner, fixture);
  const errors: unknown[] = [];
  const pool = await startWorkerPool({
    network,
    address: "",
    code: { kind: "graph", graph: fixture.graph },
    onWorkerError: (_workerId, error) => errors.push(error),
  });
  const client = network.connect(pool.address);
  const endpoint = { url: runner.address };
  return { fixture, runner, pool, client, endpoint, errors };
}

test("startWorkerPool starts a worker that takes the runner's capabilities from its provision", async () => {
  const { fixture, runner, pool, client, endpoint } = await open();
  runner.provision = { runnerCapabilities: [runnerProtocolUrns.monitoringInfoShortIds] };
  const start = BeamFnExternalWorkerPool.method.startWorker;
  const request = { workerId: "w", controlEndpoint: endpoint, provisionEndpoint: endpoint };
  expect(await client.unary(start, request)).toMatchObject({ error: "" });
  expect(await client.unary(start, request)).toMatchObject({
    error: "worker w is running already",
  });
  const segment = { transformId: fixture.source, data: fixture.encode([1]), isLast: true };
  const elements = { data: [{ instructionId: "a", ...segment }] };
  const value = { processBundleDescriptorId: "Begin", elements };
  const { response } = await runner.instruct({ case: "processBundle", value }, "a");
  if (response.case !== "processBundle") throw new Error(`answered ${response.case}`);
  expect(Object.keys(response.value.monitoringData).length).toBeGreaterThan(0);

  const stop = BeamFnExternalWorkerPool.method.stopWorker;
  expect(await client.unary(stop, { workerId: "w" })).toMatchObject({ error: "" });
  expect(await client.unary(stop, { workerId: "w" })).toMatchObject({ error: "" });
  await pool.close();
  await runner.close();
});

test("startWorkerPool tells of a worker whose runner has gone, and closes all the same", async () => {
  const { runner, pool, client, endpoint, errors } = await open();
  const start = BeamFnExternalWorkerPool.method.startWorker;
  await client.unary(start, { workerId: "w", controlEndpoint: endpoint });
  await runner.connected();
  await runner.drop();
  while (errors.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(errors).toMatchObject([{ code: "CONTROL_STREAM_LOST" }]);
  await pool.close();
});
