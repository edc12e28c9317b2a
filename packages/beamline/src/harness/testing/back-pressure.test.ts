import { afterEach, describe, expect, test } from "vitest";
import { bytes } from "../../coders/bytes.js";
import { varint } from "../../coders/varint.js";
import { grpcNetwork } from "../../transport/grpc/grpc-network.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { type HarnessFixture, startHarness } from "./harness-fixture.js";
import { stageFixture } from "./stage-fixture.js";

const MB = 2 ** 20;
const MANY = 150;
/** What all buffers on the way hold together, generously. */
const BOUND = 80;

let open: HarnessFixture | undefined;
afterEach(async () => {
  await open?.close();
});

class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

/** Resolves when `count` has stopped growing. */
async function stalled(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe.each([
  { transport: "memory", network: createMemoryNetwork(), address: "" },
  { transport: "gRPC", network: grpcNetwork, address: "localhost:0" },
])("runHarness over $transport", ({ network, address }) => {
  test("makes emitters wait for a runner that does not read", async () => {
    let made = 0;
    const fixture = stageFixture<number>(
      (n) =>
        n
          .flatMap((count) => Array(count).keys())
          .mapAsync("Make", async (): Promise<Uint8Array> => {
            made++;
            return new Uint8Array(MB);
          })
          .withCoder(bytes),
      varint,
    );
    open = await startHarness(fixture, { network, address });
    const { runner, begin } = open;
    const gate = new Gate();
    runner.beforeRead = () => gate.opened;
    let received = 0;
    runner.onData = ({ data, isLast }) => {
      received += data.length;
      if (isLast) runner.outputsOf(bundle.instruction).ended.add(fixture.sink);
    };
    const bundle = begin();
    for (let i = 0; i < MANY; i++) await bundle.send([1]);
    await stalled(() => made);
    expect(made).toBeLessThan(BOUND);
    gate.open();
    await bundle.send([], true);
    expect((await bundle.answer).error).toBe("");
    await bundle.outputs();
    expect(Math.floor(received / MB)).toBe(MANY);
  });

  test("makes a runner wait for a bundle that does not take its input", async () => {
    const gate = new Gate();
    const fixture = stageFixture<Uint8Array>(
      (b) =>
        b.mapAsync("Wait", async (value) => {
          await gate.opened;
          return value.length;
        }),
      bytes,
    );
    open = await startHarness(fixture, { network, address });
    const bundle = open.begin();
    let sent = 0;
    const sending = (async () => {
      for (; sent < MANY; sent++) await bundle.send([new Uint8Array(MB)]);
      await bundle.send([], true);
    })();
    await stalled(() => sent);
    expect(sent).toBeLessThan(BOUND);
    gate.open();
    await sending;
    expect(await bundle.outputs()).toEqual(Array(MANY).fill(MB));
  });
});
