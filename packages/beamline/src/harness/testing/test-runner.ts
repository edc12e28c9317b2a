import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ElementsData, ElementsFrame, ElementsTimers } from "../../proto/elements-codec.js";
import {
  BeamFnControl,
  type InstructionRequestSchema,
  type InstructionResponse,
  type ProcessBundleDescriptor,
} from "../../proto/gen/fn-execution/control_pb.js";
import { BeamFnData } from "../../proto/gen/fn-execution/data_pb.js";
import { BeamFnLogging, type LogEntry } from "../../proto/gen/fn-execution/logging_pb.js";
import {
  type ProvisionInfoSchema,
  ProvisionService,
} from "../../proto/gen/fn-execution/provision_pb.js";
import { BeamFnState, type StateKey } from "../../proto/gen/fn-execution/state_pb.js";
import {
  BeamFnWorkerStatus,
  type WorkerStatusResponse,
} from "../../proto/gen/fn-execution/worker-status_pb.js";
import { ArtifactRetrievalService } from "../../proto/gen/job-management/artifact_pb.js";
import type { MessageStream } from "../../transport/message-stream.js";
import { bindService } from "../../transport/service.js";
import type { Network, Server } from "../../transport/transport.js";
import { TransportError } from "../../transport/transport-error.js";
import { isSideInput } from "./side-input-state.js";
import { type ServeUserState, userStateInMemory } from "./user-state-server.js";

type Request = NonNullable<MessageInitShape<typeof InstructionRequestSchema>["request"]>;

const NOTHING = new Uint8Array(0);

/** What the worker sent at the sinks of one bundle. */
export interface BundleOutputs {
  /** Chunks by sink transform. */
  readonly chunks: Map<string, Uint8Array[]>;
  /** Sinks whose last chunk has come. */
  readonly ended: Set<string>;
  /** Timers by transform and family, as {@link timersId} names them. */
  readonly timers: Map<string, Uint8Array[]>;
  /** Families whose last timers have come. */
  readonly timersEnded: Set<string>;
}

/** Names a timer family of a transform. */
export function timersId(transform: string, family: string): string {
  return `${transform} ${family}`;
}

/**
 * The runner's side of the Fn API for one worker, in its plainest form: the counterpart that tests
 * and benchmarks drive a harness with. It keeps no elements of its own and knows no pipelines.
 */
export class TestRunner {
  readonly logs: LogEntry[] = [];
  readonly descriptors = new Map<string, ProcessBundleDescriptor>();
  /** Metadata of the calls that came in, by method. */
  readonly metadata = new Map<string, Readonly<Record<string, string>>>();
  /** Descriptor ids in the order in which the worker asked for them. */
  readonly fetched: string[] = [];
  /** Pages of state by the runner's key. */
  readonly state = new Map<string, readonly Uint8Array[]>();
  /** Gives the pages of side inputs. */
  sideInputs: (key: StateKey) => readonly Uint8Array[] = () => [NOTHING];
  /** Serves user state. Default: keeps it in memory. */
  userState: ServeUserState = userStateInMemory();
  /** State requests that came in. */
  stateRequests = 0;
  /** Bytes of artifacts by the text of their type payload. */
  readonly artifacts = new Map<string, Uint8Array>();
  /** What a worker is told that asks what to run. */
  provision: MessageInitShape<typeof ProvisionInfoSchema> = {};
  private readonly statusStream = new Deferred<
    MessageStream<WorkerStatusResponse, { readonly id: string }>
  >();
  private readonly control = new Deferred<MessageStream<InstructionResponse, RequestInit>>();
  private readonly data = new Deferred<MessageStream<ElementsFrame, ElementsFrame>>();
  private readonly answers = new Map<string, Deferred<InstructionResponse>>();
  private readonly outputs = new Map<string, BundleOutputs>();
  private readonly watchers = new Set<() => void>();
  private readonly ending = new Deferred<void>();
  private server: Server | undefined;
  private count = 0;

  /** Called for each segment that comes from the worker. Default: it is kept in the outputs. */
  onData: ((segment: ElementsData) => void) | undefined;

  /** Awaited before each message of the data stream is read. Default: reads at once. */
  beforeRead: (() => Promise<void>) | undefined;

  static async start(network: Network, address: string): Promise<TestRunner> {
    const runner = new TestRunner();
    runner.server = await network.listen(address, runner.services());
    return runner;
  }

  get address(): string {
    return this.server?.address ?? "";
  }

  /** Sends an instruction; resolves with the worker's answer, which may be an error. */
  async instruct(request: Request, id = this.nextId()): Promise<InstructionResponse> {
    const answer = new Deferred<InstructionResponse>();
    this.answers.set(id, answer);
    const stream = await this.control.promise;
    void stream.send({ instructionId: id, request });
    return await answer.promise;
  }

  /** Asks the worker how it is. */
  async status(): Promise<string> {
    const stream = await this.statusStream.promise;
    void stream.send({ id: "status" });
    const { value } = await stream.messages[Symbol.asyncIterator]().next();
    return value?.statusInfo ?? "";
  }

  /** Resolves when the worker has opened its control stream. */
  async connected(): Promise<void> {
    await this.control.promise;
  }

  nextId(): string {
    return `i${++this.count}`;
  }

  /** Sends one message on the data stream; the promise resolves when there is room for more. */
  async send(data: readonly ElementsData[], timers: readonly ElementsTimers[] = []): Promise<void> {
    const stream = await this.data.promise;
    await stream.send({ data, timers });
  }

  outputsOf(instruction: string): BundleOutputs {
    let outputs = this.outputs.get(instruction);
    if (outputs === undefined) {
      outputs = {
        chunks: new Map(),
        ended: new Set(),
        timers: new Map(),
        timersEnded: new Set(),
      };
      this.outputs.set(instruction, outputs);
    }
    return outputs;
  }

  /** Resolves when `test` holds; looked at whenever something comes from the worker. */
  async until(test: () => boolean): Promise<void> {
    while (!test()) {
      await new Promise<void>((resolve) => this.watchers.add(resolve));
      this.watchers.clear();
    }
  }

  /** Ends the control stream, as a runner does that is done with its worker. */
  finish(): void {
    this.ending.resolve();
  }

  /** Drops every stream, as a runner does that dies. */
  async drop(): Promise<void> {
    await this.server?.close();
  }

  async close(): Promise<void> {
    this.finish();
    await this.server?.close(1000);
  }

  private services() {
    const artifactsOf = this.artifacts;
    return [
      bindService(BeamFnControl, {
        control: async (stream, { metadata }) => {
          this.metadata.set("control", metadata);
          this.control.resolve(stream);
          await Promise.race([this.readAnswers(stream), this.ending.promise]);
        },
        getProcessBundleDescriptor: ({ processBundleDescriptorId: id }, { metadata }) => {
          this.metadata.set("descriptor", metadata);
          this.fetched.push(id);
          const descriptor = this.descriptors.get(id);
          if (descriptor === undefined) throw new TransportError("not-found", `no stage ${id}`);
          return descriptor;
        },
      }),
      bindService(BeamFnData, {
        data: async (stream, { metadata }) => {
          this.metadata.set("data", metadata);
          this.data.resolve(stream);
          for await (const frame of stream.messages) {
            this.takeTimers(frame.timers);
            this.takeData(frame.data);
            await this.beforeRead?.();
          }
        },
      }),
      bindService(BeamFnState, {
        state: async (stream) => {
          for await (const { id, stateKey, request } of stream.messages) {
            this.stateRequests++;
            if (stateKey?.type.case === "bagUserState") {
              const response = this.userState(stateKey.type.value, request);
              await stream.send({ id, response });
              continue;
            }
            const key = stateKey?.type.case === "runner" ? stateKey.type.value.key : undefined;
            const pages =
              stateKey !== undefined && isSideInput(stateKey)
                ? this.sideInputs(stateKey)
                : this.state.get(Buffer.from(key ?? []).toString());
            const token = request.case === "get" ? request.value.continuationToken : [];
            const index = Number(Buffer.from(token).toString() || "0");
            const data = pages?.[index];
            if (pages === undefined || data === undefined) {
              await stream.send({ id, error: "no such state" });
              continue;
            }
            const more = index + 1 < pages.length ? String(index + 1) : "";
            const value = { data, continuationToken: Buffer.from(more) };
            await stream.send({ id, response: { case: "get", value } });
          }
        },
      }),
      bindService(BeamFnWorkerStatus, {
        workerStatus: async (stream) => {
          this.statusStream.resolve(stream);
          await this.ending.promise;
        },
      }),
      bindService(ProvisionService, {
        getProvisionInfo: (_request, { metadata }) => {
          this.metadata.set("provision", metadata);
          return { info: this.provision };
        },
      }),
      bindService(ArtifactRetrievalService, {
        resolveArtifacts: ({ artifacts }) => ({ replacements: artifacts }),
        getArtifact: async function* (this: void, { artifact }) {
          const name = Buffer.from(artifact?.typePayload ?? []).toString();
          const bytes = artifactsOf.get(name);
          if (bytes === undefined) throw new TransportError("not-found", `no artifact ${name}`);
          for (let at = 0; at < bytes.length; at += ARTIFACT_CHUNK) {
            yield { data: bytes.subarray(at, at + ARTIFACT_CHUNK) };
          }
        },
      }),
      bindService(BeamFnLogging, {
        logging: async (stream, { metadata }) => {
          this.metadata.set("logging", metadata);
          for await (const { logEntries } of stream.messages) {
            this.logs.push(...logEntries);
            this.wake();
          }
        },
      }),
    ];
  }

  private async readAnswers(
    stream: MessageStream<InstructionResponse, RequestInit>,
  ): Promise<void> {
    for await (const answer of stream.messages) {
      const { instructionId, response } = answer;
      if (response.case === "processBundle") this.takeData(response.value.elements?.data ?? []);
      this.answers.get(instructionId)?.resolve(answer);
      this.answers.delete(instructionId);
      this.wake();
    }
  }

  private takeTimers(segments: readonly ElementsTimers[]): void {
    for (const { instructionId, transformId, timerFamilyId, timers, isLast } of segments) {
      const outputs = this.outputsOf(instructionId);
      const id = timersId(transformId, timerFamilyId);
      const present = outputs.timers.get(id) ?? [];
      outputs.timers.set(id, present);
      if (timers.length > 0) present.push(timers);
      if (isLast) outputs.timersEnded.add(id);
    }
    this.wake();
  }

  private takeData(segments: readonly ElementsData[]): void {
    for (const segment of segments) {
      if (this.onData !== undefined) {
        this.onData(segment);
        continue;
      }
      const { chunks, ended } = this.outputsOf(segment.instructionId);
      const present = chunks.get(segment.transformId) ?? [];
      chunks.set(segment.transformId, present);
      if (segment.data.length > 0) present.push(segment.data);
      if (segment.isLast) ended.add(segment.transformId);
    }
    this.wake();
  }

  private wake(): void {
    for (const watcher of this.watchers) watcher();
  }
}

const ARTIFACT_CHUNK = 64 * 1024;

type RequestInit = MessageInitShape<typeof InstructionRequestSchema>;

class Deferred<T> {
  readonly promise: Promise<T>;
  resolve: (value: T) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }
}
