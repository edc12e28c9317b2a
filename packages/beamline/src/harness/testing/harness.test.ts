import { afterEach, describe, expect, test } from "vitest";
import { varint } from "../../coders/varint.js";
import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import { runnerProtocolUrns } from "../../proto/urns.js";
import { grpcNetwork } from "../../transport/grpc/grpc-network.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { decodeErrorReport } from "../error-report.js";
import type { HarnessOptions } from "../run-harness.js";
import { startHarness, until } from "./harness-fixture.js";
import { type StageFixture, stageFixture } from "./stage-fixture.js";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const transports = [
  { transport: "memory", network: createMemoryNetwork(), address: "" },
  { transport: "gRPC", network: grpcNetwork, address: "localhost:0" },
];

describe.each(transports)("runHarness over $transport", ({ network, address }) => {
  async function start(fixture: StageFixture, options: Partial<HarnessOptions> = {}) {
    const harness = await startHarness(fixture, { network, address, ...options });
    closers.push(harness.close);
    return harness;
  }

  const doubled = () => stageFixture<number>((n) => n.map((x) => x * 2), varint);

  test("fetches a descriptor once, and says who it is in every call", async () => {
    const { runner, run } = await start(doubled());
    expect(await run([1, 2])).toEqual({ outputs: [2, 4] });
    expect(await run([3])).toEqual({ outputs: [6] });
    expect(runner.fetched).toEqual(["Begin"]);
    for (const call of ["control", "descriptor", "data", "logging"]) {
      expect(runner.metadata.get(call)).toMatchObject({ worker_id: "w7" });
    }
  });

  test("runs bundles at the same time, none of which waits for another", async () => {
    const { begin } = await start(doubled());
    const bundles = Array.from({ length: 8 }, begin);
    for (const bundle of bundles) await bundle.send([1]);
    // The last one is done while all others still wait for data.
    for (const [i, bundle] of [...bundles.entries()].reverse()) {
      await bundle.send([i], true);
      expect((await bundle.answer).error).toBe("");
      expect(await bundle.outputs()).toEqual([2, i * 2]);
    }
  });

  test("takes data that comes before its bundle", async () => {
    const fixture = doubled();
    const { runner, run } = await start(fixture);
    await run([]);
    const segment = { transformId: fixture.source, data: fixture.encode([21]), isLast: true };
    await runner.send([{ instructionId: "early", ...segment }]);
    const value = { processBundleDescriptorId: "Begin" };
    await runner.instruct({ case: "processBundle", value }, "early");
    const outputs = runner.outputsOf("early");
    await runner.until(() => outputs.ended.has(fixture.sink));
    expect(fixture.decode(outputs.chunks.get(fixture.sink))).toEqual([42]);
  });

  test("takes an element that goes on in the next chunk", async () => {
    const fixture = stageFixture<string>((text) => text.map((t) => t.length));
    const { begin } = await start(fixture);
    const bytes = fixture.encode(["x".repeat(1000), "y", "z".repeat(500)]);
    const bundle = begin();
    for (let at = 0; at < bytes.length; at += 333) {
      await bundle.sendBytes(bytes.slice(at, at + 333));
    }
    await bundle.sendBytes(new Uint8Array(0), true);
    await bundle.answer;
    expect(await bundle.outputs()).toEqual([1000, 1, 500]);
  });

  test("fails a bundle whose last element is cut off, in words", async () => {
    const fixture = doubled();
    const { begin } = await start(fixture);
    const bundle = begin();
    await bundle.sendBytes(fixture.encode([1]).slice(0, -1), true);
    const { error } = await bundle.answer;
    expect(decodeErrorReport(error)?.message).toContain("Cannot read element 0 of the input");
  });

  test("takes elements in the request, and gives them in the answer where announced", async () => {
    const fixture = doubled();
    const runnerCapabilities = [runnerProtocolUrns.controlResponseElementsEmbedding];
    const { runner } = await start(fixture, { runnerCapabilities });
    const data = fixture.encode([4, 5]);
    const segment = { instructionId: "e", transformId: fixture.source, data, isLast: true };
    const value = { processBundleDescriptorId: "Begin", elements: { data: [segment] } };
    const { response } = await runner.instruct({ case: "processBundle", value }, "e");
    if (response.case !== "processBundle") throw new Error(`answered ${response.case}`);
    const segments = response.value.elements?.data ?? [];
    expect(segments.map(({ isLast }) => isLast)).toEqual([false, true]);
    expect(fixture.decode(segments.map((output) => output.data))).toEqual([8, 10]);
  });

  test("answers a failed bundle with transform, element and stack, and goes on", async () => {
    let instances = 0;
    class Picky extends DoFn<number, number> {
      private readonly instance = ++instances;

      override process(n: number, ctx: ProcessContext<number>): void {
        if (n < 0) throw new RangeError(`${n} is negative`);
        ctx.output(this.instance);
      }
    }
    const fixture = stageFixture<number>((n) => n.parDo("Picky", () => new Picky()), varint);
    const { run } = await start(fixture);
    const first = await run([1]);
    expect(await run([1])).toEqual(first);
    const { error = "" } = await run([1, -5]);
    expect(decodeErrorReport(error)).toMatchObject({
      code: "USER_CODE_FAILED",
      origin: "user",
      transform: "Picky",
      element: "-5",
      reason: "RangeError: -5 is negative",
      stack: [expect.stringMatching(/Picky\.process .*harness\.test\.ts/)],
    });
    // The DoFn that failed is not used again.
    expect(await run([1])).not.toEqual(first);
  });

  test("answers what it does not know with an error, and goes on", async () => {
    const { runner, run } = await start(doubled());
    const unknown = await runner.instruct({ case: "sampleData", value: {} });
    expect(unknown.error).toContain('does not know the instruction "sampleData"');
    const value = { processBundleDescriptorId: "gone" };
    const missing = await runner.instruct({ case: "processBundle", value });
    expect(decodeErrorReport(missing.error)?.message).toContain("no stage gone");
    expect(await run([1])).toEqual({ outputs: [2] });
  });

  test("says that there is nothing to split, report or finalize for a bundle that is over", async () => {
    const { runner, run } = await start(doubled());
    await run([1]);
    const value = { instructionId: "i1" };
    for (const name of ["processBundleSplit", "processBundleProgress", "finalizeBundle"] as const) {
      const answer = await runner.instruct({ case: name, value });
      expect(answer).toMatchObject({ error: "", response: { case: name } });
    }
  });

  test("gives back the elements after a split, and processes none of them", async () => {
    const { runner, begin, hasRead } = await start(doubled());
    const bundle = begin();
    await bundle.send([0, 1]);
    const { instruction: instructionId } = bundle;
    await hasRead(bundle, 1);
    const desired = { fractionOfRemainder: 0.5, estimatedInputElements: 10n };
    const split = await runner.instruct({
      case: "processBundleSplit",
      value: { instructionId, desiredSplits: { source0: desired } },
    });
    expect(split.response).toMatchObject({
      value: {
        primaryRoots: [],
        residualRoots: [],
        channelSplits: [
          { transformId: "source0", lastPrimaryElement: 5n, firstResidualElement: 6n },
        ],
      },
    });
    await bundle.send([2, 3, 4, 5, 6, 7, 8, 9], true);
    await bundle.answer;
    expect(await bundle.outputs()).toEqual([0, 2, 4, 6, 8, 10]);
  });

  test("splits only at points that the runner allows", async () => {
    const { runner, begin, hasRead } = await start(doubled());
    const bundle = begin();
    await bundle.send([0, 1]);
    const { instruction: instructionId } = bundle;
    await hasRead(bundle, 1);
    const split = await runner.instruct({
      case: "processBundleSplit",
      value: {
        instructionId,
        desiredSplits: {
          source0: {
            fractionOfRemainder: 0.5,
            estimatedInputElements: 10n,
            allowedSplitPoints: [0n, 1n, 8n],
          },
        },
      },
    });
    expect(split.response).toMatchObject({
      value: { channelSplits: [{ lastPrimaryElement: 7n, firstResidualElement: 8n }] },
    });
    await bundle.send([], true);
    await bundle.answer;
  });

  test("reports counts and counters, by short ids that it explains", async () => {
    const fixture = stageFixture<number>(
      (n) =>
        n.filter("Odd", (x, ctx) => {
          ctx.counter("seen").inc();
          return x % 2 === 1;
        }),
      varint,
    );
    const runnerCapabilities = [runnerProtocolUrns.monitoringInfoShortIds];
    const { runner, begin } = await start(fixture, { runnerCapabilities });
    const bundle = begin();
    await bundle.send([1, 2, 3], true);
    const { response } = await bundle.answer;
    if (response.case !== "processBundle") throw new Error(`answered ${response.case}`);
    const { monitoringData, monitoringInfos } = response.value;
    expect(monitoringInfos).toEqual([]);
    const metadata = await runner.instruct({
      case: "monitoringInfos",
      value: { monitoringInfoId: Object.keys(monitoringData) },
    });
    if (metadata.response.case !== "monitoringInfos") throw new Error("no metadata");
    const infos = Object.entries(metadata.response.value.monitoringInfo).map(
      ([id, { urn, labels }]) => ({ urn, labels, payload: [...(monitoringData[id] ?? [])] }),
    );
    expect(infos).toContainEqual({
      urn: "beam:metric:user:sum_int64:v1",
      labels: { PTRANSFORM: "step0", NAMESPACE: "beamline", NAME: "seen" },
      payload: [3],
    });
    expect(infos).toContainEqual({
      urn: "beam:metric:element_count:v1",
      labels: { PCOLLECTION: "Odd.out" },
      payload: [2],
    });
    expect(infos).toContainEqual({
      urn: "beam:metric:data_channel:read_index:v1",
      labels: { PTRANSFORM: "source0" },
      payload: [2],
    });
  });

  test("reports in full to a runner that does not know short ids", async () => {
    const { begin } = await start(doubled());
    const bundle = begin();
    await bundle.send([1, 2], true);
    const { response } = await bundle.answer;
    if (response.case !== "processBundle") throw new Error(`answered ${response.case}`);
    expect(response.value.monitoringData).toEqual({});
    expect(response.value.monitoringInfos).toContainEqual(
      expect.objectContaining({
        urn: "beam:metric:element_count:v1",
        type: "beam:metrics:sum_int64:v1",
        labels: { PCOLLECTION: "Begin.out" },
        payload: new Uint8Array([2]),
      }),
    );
  });

  test("describes itself to whoever asks", async () => {
    const { runner, begin, hasRead } = await start(doubled());
    const bundle = begin();
    await bundle.send([1]);
    await hasRead(bundle, 0);
    expect(await runner.status()).toMatch(
      /^worker w7[\s\S]*1 bundles in 1 lanes[\s\S]*step0 \(1\)/,
    );
    await bundle.send([], true);
    await bundle.answer;
  });

  test("ends when the runner ends the control stream", async () => {
    const { runner, harness, run } = await start(doubled());
    await run([1]);
    runner.finish();
    await expect(harness).resolves.toBeUndefined();
  });

  test("rejects in words when the control stream drops", async () => {
    const { runner, harness, begin } = await start(doubled());
    const bundle = begin();
    await bundle.send([1]);
    await runner.drop();
    await expect(harness).rejects.toMatchObject({
      code: "CONTROL_STREAM_LOST",
      message: expect.stringMatching(/^Cannot go on working: the control stream to .* dropped/),
    });
  });

  test("gives up running bundles when it is told to end", async () => {
    const seen: string[] = [];
    const fixture = stageFixture<number>(
      (n) =>
        n.mapAsync("Wait", async (_x, { signal }) => {
          seen.push("started");
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
          seen.push("aborted");
          return 0;
        }),
      varint,
    );
    const stop = new AbortController();
    const { harness, begin } = await start(fixture, { signal: stop.signal });
    const bundle = begin();
    await bundle.send([1], true);
    await until(() => seen.length > 0);
    stop.abort();
    await harness;
    expect(seen).toEqual(["started", "aborted"]);
  });

  test("sends large output in chunks of about a megabyte, each once", async () => {
    const fixture = stageFixture<number>((n) =>
      n.flatMap((count) => Array.from({ length: count }, (_, i) => String(i).padEnd(64, "."))),
    );
    const { runner, run } = await start(fixture);
    const { outputs } = await run([100_000]);
    expect(outputs).toHaveLength(100_000);
    const sizes = [...(runner.outputsOf("i1").chunks.get(fixture.sink) ?? [])].map((c) => c.length);
    expect(sizes.length).toBeGreaterThan(5);
    expect(Math.max(...sizes)).toBeLessThan(1.2 * 2 ** 20);
  });
});
