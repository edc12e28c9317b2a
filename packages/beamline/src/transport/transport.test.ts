import { spawnSync } from "node:child_process";
import { lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { ElementsFrame } from "../proto/elements-codec.js";
import { BeamFnControl } from "../proto/gen/fn-execution/control_pb.js";
import { BeamFnData } from "../proto/gen/fn-execution/data_pb.js";
import { ArtifactRetrievalService } from "../proto/gen/job-management/artifact_pb.js";
import { JobService, JobState_Enum } from "../proto/gen/job-management/job_pb.js";
import { grpcNetwork } from "./grpc/grpc-network.js";
import { createMemoryNetwork } from "./memory/memory-network.js";
import { bindService, type ServiceBinding } from "./service.js";
import type { ConnectOptions, Network, Server, Transport } from "./transport.js";
import { TransportError } from "./transport-error.js";

const MB = 1024 * 1024;
const dir = mkdtempSync(join(tmpdir(), "beamline-transport-"));
const cleanUps: (() => Promise<void> | void)[] = [];
let sockets = 0;

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

const networks = [
  { name: "memory", network: createMemoryNetwork(), freeAddress: () => "" },
  { name: "gRPC over TCP", network: grpcNetwork, freeAddress: () => "127.0.0.1:0" },
  {
    name: "gRPC over a Unix socket",
    network: grpcNetwork,
    freeAddress: () => `unix:${join(dir, `${sockets++}.sock`)}`,
  },
];

describe.each(networks)("$name", ({ network, freeAddress }) => {
  async function start(
    services: readonly ServiceBinding[],
    options?: ConnectOptions,
  ): Promise<{ transport: Transport; server: Server }> {
    const server = await network.listen(freeAddress(), services, options);
    cleanUps.push(() => server.close());
    const transport = open(network, server.address, options);
    return { transport, server };
  }

  test("unary + answers a request and passes metadata on", async () => {
    const { transport } = await start(
      [
        bindService(BeamFnControl, {
          getProcessBundleDescriptor: ({ processBundleDescriptorId }, { metadata }) => ({
            id: `${processBundleDescriptorId} for ${metadata.worker_id} ${metadata.extra}`,
          }),
        }),
      ],
      { metadata: { worker_id: "w1" } },
    );
    const answer = await transport.unary(
      BeamFnControl.method.getProcessBundleDescriptor,
      { processBundleDescriptorId: "7" },
      { metadata: { extra: "x" } },
    );
    expect(answer.id).toBe("7 for w1 x");
  });

  test("unary + fails with the status that the handler throws", async () => {
    const { transport } = await start([
      bindService(JobService, {
        getState: () => {
          throw new TransportError("not-found", "no job of that name: Größe");
        },
        run: () => Promise.reject(new Error("out of paper")),
      }),
    ]);
    await expect(transport.unary(JobService.method.getState, { jobId: "1" })).rejects.toMatchObject(
      { code: "RPC_NOT_FOUND", status: "not-found", details: "no job of that name: Größe" },
    );
    await expect(transport.unary(JobService.method.run, {})).rejects.toThrow(
      /^Cannot call JobService\/Run at .*: unknown: out of paper; /,
    );
  });

  test("unary + keeps the start of details that are too long for a header", async () => {
    const { transport } = await start([
      bindService(JobService, {
        run: () => Promise.reject(new Error(`first line\n${"größer ".repeat(20_000)}`)),
      }),
    ]);
    await expect(transport.unary(JobService.method.run, {})).rejects.toThrow("first line\ngrö");
  });

  test("unary + says what is not implemented", async () => {
    const { transport } = await start([bindService(JobService, {})]);
    await expect(transport.unary(JobService.method.drain, {})).rejects.toMatchObject({
      status: "unimplemented",
    });
    await expect(
      transport.unary(ArtifactRetrievalService.method.resolveArtifacts, {}),
    ).rejects.toMatchObject({ status: "unimplemented" });
  });

  test("unary + fails when nothing listens", async () => {
    const { transport, server } = await start([]);
    await server.close();
    await expect(transport.unary(JobService.method.run, {})).rejects.toMatchObject({
      code: "RPC_UNAVAILABLE",
    });
  });

  test("unary + waits for a server when told to", async () => {
    const server = await network.listen(freeAddress(), []);
    await server.close();
    const transport = open(network, server.address);
    const answer = transport.unary(JobService.method.run, {}, { waitForReady: true });
    const late = await network.listen(server.address, [
      bindService(JobService, { run: () => ({ jobId: "late" }) }),
    ]);
    cleanUps.push(() => late.close());
    expect((await answer).jobId).toBe("late");
  });

  test("unary + takes messages far beyond 4 MiB", async () => {
    const { transport } = await start([
      bindService(JobService, { prepare: ({ jobName }) => ({ preparationId: jobName }) }),
    ]);
    const jobName = "x".repeat(9 * MB);
    const { preparationId } = await transport.unary(JobService.method.prepare, { jobName });
    expect(preparationId.length).toBe(jobName.length);
  });

  test("timeoutMs + ends the call on both sides", async () => {
    const aborted = deferred<unknown>();
    const { transport } = await start([
      bindService(JobService, {
        run: (_, { signal }) => {
          signal.addEventListener("abort", () => aborted.resolve(signal.reason));
          return new Promise(() => undefined);
        },
      }),
    ]);
    await expect(
      transport.unary(JobService.method.run, {}, { timeoutMs: 200 }),
    ).rejects.toMatchObject({ status: "deadline-exceeded" });
    expect(await aborted.promise).toBeInstanceOf(TransportError);
  });

  test("signal + cancels a running call, and the handler hears of it", async () => {
    const started = deferred<void>();
    const aborted = deferred<void>();
    const { transport } = await start([
      bindService(JobService, {
        run: (_, { signal }) => {
          signal.addEventListener("abort", () => aborted.resolve());
          started.resolve();
          return new Promise(() => undefined);
        },
      }),
    ]);
    const controller = new AbortController();
    const answer = transport.unary(JobService.method.run, {}, { signal: controller.signal });
    await started.promise;
    controller.abort();
    await expect(answer).rejects.toMatchObject({ status: "cancelled" });
    await aborted.promise;
  });

  test("signal + that has fired already means no call at all", async () => {
    let calls = 0;
    const { transport } = await start([
      bindService(JobService, {
        run: () => {
          calls += 1;
          return {};
        },
      }),
    ]);
    const signal = AbortSignal.abort();
    await expect(transport.unary(JobService.method.run, {}, { signal })).rejects.toMatchObject({
      status: "cancelled",
    });
    await transport.unary(JobService.method.run, {});
    expect(calls).toBe(1);
  });

  test("serverStream + keeps the order and ends", async () => {
    const { transport } = await start([
      bindService(JobService, {
        getMessageStream: async function* ({ jobId }) {
          for (let i = 0; i < 2000; i++) {
            yield {
              response: { case: "messageResponse", value: { messageId: `${jobId}-${i}` } },
            };
          }
          yield {
            response: { case: "stateResponse", value: { state: JobState_Enum.DONE } },
          };
        },
      }),
    ]);
    const seen: string[] = [];
    for await (const { response } of transport.serverStream(JobService.method.getMessageStream, {
      jobId: "j",
    })) {
      seen.push(response.case === "messageResponse" ? response.value.messageId : "state");
    }
    expect(seen).toHaveLength(2001);
    expect(seen.slice(0, 2)).toEqual(["j-0", "j-1"]);
    expect(seen.slice(-2)).toEqual(["j-1999", "state"]);
  });

  test("serverStream + throws after the messages that came before the failure", async () => {
    const { transport } = await start([
      bindService(JobService, {
        getStateStream: async function* () {
          yield { state: JobState_Enum.RUNNING };
          throw new TransportError("data-loss", "the disk is gone");
        },
      }),
    ]);
    const states: JobState_Enum[] = [];
    const reading = (async () => {
      for await (const { state } of transport.serverStream(JobService.method.getStateStream, {})) {
        states.push(state);
      }
    })();
    await expect(reading).rejects.toMatchObject({ status: "data-loss" });
    expect(states).toEqual([JobState_Enum.RUNNING]);
  });

  test("serverStream + stops the handler when the reader leaves", async () => {
    const stopped = deferred<void>();
    const { transport } = await start([
      bindService(JobService, {
        getStateStream: async function* (_, { signal }) {
          signal.addEventListener("abort", () => stopped.resolve());
          while (!signal.aborted) {
            yield { state: JobState_Enum.RUNNING };
            await new Promise(setImmediate);
          }
        },
      }),
    ]);
    for await (const _ of transport.serverStream(JobService.method.getStateStream, {})) break;
    await stopped.promise;
  });

  test("serverStream + holds a handler back that is faster than its reader", async () => {
    let produced = 0;
    const chunks = 400;
    const data = Buffer.alloc(MB / 4, 5);
    const stalled = deferred<void>();
    const { transport } = await start(
      [
        bindService(ArtifactRetrievalService, {
          getArtifact: async function* () {
            for (let i = 0; i < chunks; i++) {
              const before = produced;
              produced += 1;
              // Many turns of the event loop without a pull in between: the reader holds it back.
              void turns(500).then(() => {
                if (produced === before + 1) stalled.resolve();
              });
              yield { data };
            }
          },
        }),
      ],
      { sendBufferBytes: MB, receiveBufferBytes: MB },
    );
    const answers = transport.serverStream(ArtifactRetrievalService.method.getArtifact, {});
    await stalled.promise;
    expect(produced).toBeLessThan(chunks / 2);
    let bytes = 0;
    for await (const answer of answers) bytes += answer.data.length;
    expect(bytes).toBe(chunks * data.length);
  });

  test("stream + echoes both ways, and ends when both sides have", async () => {
    const { transport } = await start([echo()]);
    const stream = transport.stream(BeamFnData.method.data);
    for (let i = 0; i < 500; i++) await stream.send(frameOf(`${i}`, Buffer.alloc(i, i)));
    stream.end();
    const seen: string[] = [];
    for await (const { data } of stream.messages) {
      seen.push(`${data[0]?.instructionId}:${data[0]?.data.length}`);
    }
    expect(seen).toEqual(Array.from({ length: 500 }, (_, i) => `${i}:${i}`));
  });

  test("stream + carries 20 MB in one message, unchanged", async () => {
    const { transport } = await start([echo()]);
    const stream = transport.stream(BeamFnData.method.data);
    const sent = Buffer.alloc(20 * MB);
    for (let i = 0; i < sent.length; i += 1000) sent[i] = i % 251;
    void stream.send(frameOf("big", sent));
    stream.end();
    const received: ElementsFrame[] = [];
    for await (const frame of stream.messages) received.push(frame);
    expect(received).toHaveLength(1);
    expect(Buffer.compare(received[0]?.data[0]?.data ?? Buffer.alloc(0), sent)).toBe(0);
  });

  test("stream + lets the server speak first", async () => {
    const { transport } = await start([
      bindService(BeamFnControl, {
        control: async ({ messages, send }) => {
          await send({ instructionId: "first" });
          for await (const { instructionId } of messages) {
            if (instructionId === "first") await send({ instructionId: "second" });
            else return;
          }
        },
      }),
    ]);
    const stream = transport.stream(BeamFnControl.method.control);
    const seen: string[] = [];
    for await (const { instructionId } of stream.messages) {
      seen.push(instructionId);
      await stream.send({ instructionId });
    }
    expect(seen).toEqual(["first", "second"]);
  });

  test("send + asks to wait while nobody reads, and goes on when somebody does", async () => {
    const read = deferred<void>();
    const total = deferred<number>();
    const { transport } = await start(
      [
        bindService(BeamFnData, {
          data: async ({ messages }) => {
            await read.promise;
            let bytes = 0;
            for await (const { data } of messages) bytes += data[0]?.data.length ?? 0;
            total.resolve(bytes);
          },
        }),
      ],
      { sendBufferBytes: MB, receiveBufferBytes: MB },
    );
    const stream = transport.stream(BeamFnData.method.data);
    let sent = 0;
    for (;;) {
      expect(sent).toBeLessThan(200 * MB);
      sent += MB / 8;
      const room = stream.send(frameOf("i", Buffer.alloc(MB / 8)));
      if (room === undefined) continue;
      // Buffers on the way fill up first: only a wait that outlasts them is back-pressure.
      if (await Promise.race([room.then(() => true), turns(2000)])) continue;
      break;
    }
    read.resolve();
    await stream.send(frameOf("i", Buffer.alloc(MB / 8)));
    stream.end();
    expect(await total.promise).toBe(sent + MB / 8);
    for await (const _ of stream.messages) expect.unreachable();
  });

  test("send + rejects once the call has failed, and may be ignored", async () => {
    const { transport } = await start([
      bindService(BeamFnData, {
        data: () => Promise.reject(new TransportError("aborted", "no data today")),
      }),
    ]);
    const stream = transport.stream(BeamFnData.method.data);
    const reading = (async () => {
      for await (const _ of stream.messages) expect.unreachable();
    })();
    await expect(reading).rejects.toMatchObject({ status: "aborted", details: "no data today" });
    void stream.send(frameOf("ignored", Buffer.alloc(1)));
    await expect(stream.send(frameOf("i", Buffer.alloc(1)))).rejects.toMatchObject({
      status: "aborted",
    });
  });

  test("send + rejects when the server has ended the call with success", async () => {
    const { transport } = await start([bindService(BeamFnData, { data: () => Promise.resolve() })]);
    const stream = transport.stream(BeamFnData.method.data);
    for await (const _ of stream.messages) expect.unreachable();
    await expect(stream.send(frameOf("i", Buffer.alloc(1)))).rejects.toMatchObject({
      status: "cancelled",
    });
  });

  test("cancel + makes the handler's reads and sends fail", async () => {
    const outcome = deferred<unknown>();
    const { transport } = await start([
      bindService(BeamFnData, {
        data: async ({ messages, send }) => {
          try {
            for await (const frame of messages) await send(frame);
          } catch (error) {
            const sendError: unknown = await send(frameOf("x", Buffer.alloc(1)))?.catch(
              (failure: unknown) => failure,
            );
            outcome.resolve([error, sendError]);
          }
        },
      }),
    ]);
    const stream = transport.stream(BeamFnData.method.data);
    void stream.send(frameOf("i", Buffer.alloc(1)));
    const messages = stream.messages[Symbol.asyncIterator]();
    await messages.next();
    stream.cancel();
    await expect(messages.next()).rejects.toMatchObject({ status: "cancelled" });
    expect(await outcome.promise).toMatchObject([{ status: "cancelled" }, { status: "cancelled" }]);
  });

  test("Transport.close + cancels what is running", async () => {
    const { transport } = await start([
      bindService(JobService, { run: () => new Promise(() => undefined) }),
    ]);
    const answer = transport.unary(JobService.method.run, {});
    transport.close();
    await expect(answer).rejects.toMatchObject({ status: "cancelled" });
  });

  test("Server.close + ends calls on both sides", async () => {
    const started = deferred<void>();
    const aborted = deferred<void>();
    const { transport, server } = await start([
      bindService(BeamFnControl, {
        control: (_, { signal }) => {
          signal.addEventListener("abort", () => aborted.resolve());
          started.resolve();
          return new Promise(() => undefined);
        },
      }),
    ]);
    const stream = transport.stream(BeamFnControl.method.control);
    const reading = stream.messages[Symbol.asyncIterator]().next();
    // The promise is handled below; it may reject before.
    reading.catch(() => undefined);
    await started.promise;
    await server.close();
    await aborted.promise;
    await expect(reading).rejects.toMatchObject({ status: "unavailable" });
  });

  test("Server.close + lets calls finish within the time given", async () => {
    const started = deferred<void>();
    const go = deferred<void>();
    const { transport, server } = await start([
      bindService(JobService, {
        run: async () => {
          started.resolve();
          await go.promise;
          return { jobId: "done" };
        },
      }),
    ]);
    const answer = transport.unary(JobService.method.run, {});
    await started.promise;
    const closing = server.close(60_000);
    go.resolve();
    expect((await answer).jobId).toBe("done");
    await closing;
  });

  test("listen + refuses an address that is taken", async () => {
    const { server } = await start([]);
    await expect(network.listen(server.address, [])).rejects.toMatchObject({
      code: "ADDRESS_IN_USE",
    });
  });

  test("messages + refuses a second reader at the same time", async () => {
    const { transport } = await start([
      bindService(BeamFnData, { data: () => new Promise(() => undefined) }),
    ]);
    const messages = transport.stream(BeamFnData.method.data).messages[Symbol.asyncIterator]();
    messages.next().catch(() => undefined);
    await expect(messages.next()).rejects.toThrow("another reader");
  });
});

describe("grpcNetwork.listen", () => {
  test("replaces a socket that a killed process has left", async () => {
    const path = join(dir, "stale.sock");
    const code = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", code]);
    expect(lstatSync(path).isSocket()).toBe(true);
    const server = await grpcNetwork.listen(`unix:${path}`, []);
    await server.close();
  });

  test("leaves a file alone that is no socket", async () => {
    const path = join(dir, "file");
    writeFileSync(path, "precious");
    await expect(grpcNetwork.listen(`unix:${path}`, [])).rejects.toThrow("Cannot listen");
    expect(readFileSync(path, "utf8")).toBe("precious");
  });
});

function open(network: Network, address: string, options?: ConnectOptions): Transport {
  const transport = network.connect(address, options);
  cleanUps.push(() => transport.close());
  return transport;
}

function echo(): ServiceBinding {
  return bindService(BeamFnData, {
    data: async ({ messages, send }) => {
      for await (const frame of messages) await send(frame);
    },
  });
}

function frameOf(instructionId: string, data: Uint8Array): ElementsFrame {
  return { data: [{ instructionId, transformId: "t", data, isLast: false }], timers: [] };
}

/** Resolves to false after `count` turns of the event loop. */
async function turns(count: number): Promise<boolean> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
  return false;
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((onValue) => {
    resolve = onValue;
  });
  return { promise, resolve };
}
