import { writeFileSync } from "node:fs";
import { fingerprintOf } from "../../packages/beamline/dist/code-ref/fingerprint.js";
import { bytes } from "../../packages/beamline/dist/coders/index.js";
import { grpcNetwork, runHarness } from "../../packages/beamline/dist/harness/index.js";
import { fixtureOf, register } from "../../packages/beamline/dist/harness/testing/stage-fixture.js";
import { TestRunner } from "../../packages/beamline/dist/harness/testing/test-runner.js";

// node data-plane.mjs ELEMENTS OUTPUT [grpc|memory]
//
// Sends 64-byte elements into a worker and gets them back, over gRPC: a source, a map that returns
// its argument, and a sink, in one worker thread. The runner's side encodes once and counts bytes.

import { definePipeline } from "../../packages/beamline/dist/index.js";

/** As long as the elements of the target: 64 bytes with timestamp, window, pane and length. */
const VALUE_BYTES = 64 - 14;
const CHUNK_BYTES = 1024 * 1024;

export const pipeline = definePipeline({
  name: "data-plane",
  build(p) {
    p.create(/** @type {Uint8Array[]} */ ([]), { coder: bytes })
      .reshuffle("Begin")
      .map("Same", (value) => value)
      .withCoder(bytes);
  },
});

async function main() {
  const [count = "1000000", output = ""] = process.argv.slice(2);
  const elements = Number(count);
  const graph = pipeline.toGraph({});
  const fixture = fixtureOf(graph, "Begin", "Same.out");
  const runner = await TestRunner.start(grpcNetwork, "localhost:0");
  register(runner, fixture);
  let received = 0;
  let over = () => {};
  const ended = new Promise((resolve) => {
    over = () => resolve(undefined);
  });
  runner.onData = ({ data, isLast }) => {
    received += data.length;
    if (isLast) over();
  };
  const harness = runHarness({
    workerId: "bench",
    network: grpcNetwork,
    control: runner.address,
    threads: 1,
    code: {
      kind: "module",
      code: { url: import.meta.url, exportName: "pipeline", options: {} },
      fingerprint: fingerprintOf(graph),
    },
  });

  const one = fixture.encode([new Uint8Array(VALUE_BYTES).fill(7)]);
  const perChunk = Math.floor(CHUNK_BYTES / one.length);
  const chunk = Buffer.concat(Array(perChunk).fill(one));
  const instructionId = "bundle";
  const segment = { instructionId, transformId: fixture.source };
  const value = { processBundleDescriptorId: fixture.stage.id };
  const started = performance.now();
  const answer = runner.instruct({ case: "processBundle", value }, instructionId);
  for (let sent = 0; sent < elements; sent += perChunk) {
    const data = chunk.subarray(0, Math.min(perChunk, elements - sent) * one.length);
    await runner.send([{ ...segment, data, isLast: false }]);
  }
  await runner.send([{ ...segment, data: new Uint8Array(0), isLast: true }]);
  const { error } = await answer;
  if (error !== "") throw new Error(error);
  await ended;
  const seconds = (performance.now() - started) / 1000;
  console.error(
    `${elements} elements of ${one.length} bytes in ${seconds.toFixed(2)} s: ` +
      `${(elements / seconds / 1e6).toFixed(2)} M/s`,
  );
  writeFileSync(`${output}.txt`, `${received / one.length}\n`);
  runner.finish();
  await harness;
  await runner.close();
}

if (process.argv[1] === import.meta.filename) await main();
