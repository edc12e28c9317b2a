import type { InstructionResponse } from "../../proto/gen/fn-execution/control_pb.js";
import type { Network } from "../../transport/transport.js";
import { type HarnessOptions, runHarness } from "../run-harness.js";
import { register, type StageFixture } from "./stage-fixture.js";
import { TestRunner } from "./test-runner.js";

/** A bundle whose input is still being sent. */
export interface OpenBundle {
  readonly instruction: string;
  readonly answer: Promise<InstructionResponse>;
  send(elements: readonly unknown[], isLast?: boolean): Promise<void>;
  sendBytes(bytes: Uint8Array, isLast?: boolean): Promise<void>;
  /** Resolves when the last output has come. */
  outputs(): Promise<unknown[]>;
}

/** A harness that serves one stage, and the runner that drives it. */
export interface HarnessFixture {
  readonly runner: TestRunner;
  readonly harness: Promise<void>;
  /** @param cacheToken - Under which user state that the worker has is right. Default: none. */
  begin(cacheToken?: string): OpenBundle;
  /** Runs a bundle of these elements from start to end. */
  run(
    elements: readonly unknown[],
  ): Promise<{ readonly outputs?: unknown[]; readonly error?: string }>;
  /** Resolves when the bundle has read its element `index`. */
  hasRead(bundle: OpenBundle, index: number): Promise<void>;
  close(): Promise<void>;
}

export interface HarnessFixtureOptions extends Partial<HarnessOptions> {
  readonly network: Network;
  readonly address: string;
  /** What serves as the worker. Default: {@link runHarness}, in this process. */
  readonly serve?: (options: HarnessOptions) => Promise<void>;
}

export async function startHarness(
  fixture: StageFixture,
  { address, serve = runHarness, ...options }: HarnessFixtureOptions,
): Promise<HarnessFixture> {
  const runner = await TestRunner.start(options.network, address);
  register(runner, fixture);
  const harness = serve({
    workerId: "w7",
    control: runner.address,
    logging: runner.address,
    status: runner.address,
    code: { kind: "graph", graph: fixture.graph },
    ...options,
  });
  harness.catch(() => undefined);

  const begin = (cacheToken = ""): OpenBundle => {
    const instruction = runner.nextId();
    const type = { case: "userState" as const, value: {} };
    const cacheTokens = cacheToken === "" ? [] : [{ type, token: Buffer.from(cacheToken) }];
    const value = { processBundleDescriptorId: fixture.stage.id, cacheTokens };
    const sendBytes = (data: Uint8Array, isLast = false) =>
      runner.send([{ instructionId: instruction, transformId: fixture.source, data, isLast }]);
    return {
      instruction,
      answer: runner.instruct({ case: "processBundle", value }, instruction),
      sendBytes,
      send: (elements, isLast = false) => sendBytes(fixture.encode(elements), isLast),
      async outputs() {
        const outputs = runner.outputsOf(instruction);
        await runner.until(() => outputs.ended.has(fixture.sink));
        return fixture.decode(outputs.chunks.get(fixture.sink));
      },
    };
  };
  return {
    runner,
    harness,
    begin,
    async run(elements) {
      const bundle = begin();
      await bundle.send(elements, true);
      const { error } = await bundle.answer;
      return error === "" ? { outputs: await bundle.outputs() } : { error };
    },
    async hasRead({ instruction }, index) {
      await until(async () => (await readIndexOf(runner, instruction)) === index);
    },
    async close() {
      runner.finish();
      await harness.catch(() => undefined);
      await runner.close();
    },
  };
}

async function readIndexOf(runner: TestRunner, instructionId: string): Promise<number | undefined> {
  const value = { instructionId };
  const { response } = await runner.instruct({ case: "processBundleProgress", value });
  if (response.case !== "processBundleProgress") return undefined;
  const info = response.value.monitoringInfos.find(({ urn }) => urn.includes("read_index"));
  // Small and not negative: one byte.
  return info?.payload.length === 1 ? info.payload[0] : undefined;
}

/** Looks again and again until `test` holds. */
export async function until(test: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await test())) await new Promise((resolve) => setTimeout(resolve, 1));
}
