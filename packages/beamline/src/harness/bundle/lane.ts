import { fromBinary } from "@bufbuild/protobuf";
import type { Graph } from "../../graph/nodes.js";
import { internalError } from "../../model/errors.js";
import {
  type ProcessBundleDescriptor,
  ProcessBundleDescriptorSchema,
} from "../../proto/gen/fn-execution/control_pb.js";
import { encodeErrorReport } from "../error-report.js";
import { DescriptorCoders, type OwnCoders, ownCodersOf } from "./descriptor-coders.js";
import type { Chunk, FromLane, ToLane } from "./messages.js";
import { RunningBundle } from "./running-bundle.js";
import type { SideTokens } from "./side-tokens.js";
import { stageFromDescriptor } from "./stage-from-descriptor.js";
import type { StateAccess, StateAnswer } from "./state-access.js";
import { BundleState } from "./state-backed-iterable.js";
import { createStation, type Finalizer, type Station } from "./station.js";

/** Bundles whose commitment may still be told; a runner need not tell of any. */
const FINALIZERS = 1000;

export type PostFromLane = (message: FromLane, transfer?: readonly ArrayBuffer[]) => void;

export interface LaneOptions {
  /** Bundles that the whole worker can run at the same time: a hint for splits. */
  readonly parallelism: number;
  readonly state: StateAccess;
  /** Hears of what has come in while user code runs without a pause. Default: nothing does. */
  readonly poll?: () => void;
  /** Called with answers that come as messages. */
  readonly stateAnswered?: (request: number, answer: StateAnswer) => void;
  /** Runs a bundle's code so that what it logs is known to be its. Default: just runs it. */
  readonly within?: <T>(instruction: string, run: () => Promise<T>) => Promise<T>;
}

/**
 * Runs bundles on its thread, any number at a time: one that waits for data or for a promise does
 * not keep the others from going on.
 */
export class Lane {
  private readonly graph: Graph;
  private readonly options: LaneOptions;
  private readonly post: PostFromLane;
  private readonly coders: OwnCoders;
  private readonly descriptors = new Map<string, ProcessBundleDescriptor>();
  private readonly idle = new Map<string, Station[]>();
  private readonly bundles = new Map<string, RunningBundle>();
  private readonly stations = new Map<string, Station>();
  /** Of bundles that may still be committed. */
  private readonly finalizers = new Map<string, readonly Finalizer[]>();
  private readonly running = new Set<Promise<void>>();

  constructor(graph: Graph, options: LaneOptions, post: PostFromLane) {
    this.graph = graph;
    this.options = options;
    this.post = post;
    this.coders = ownCodersOf(graph);
  }

  receive(message: ToLane): void {
    switch (message.kind) {
      case "descriptor":
        this.addDescriptor(message.id, message.bytes);
        return;
      case "process":
        this.start(message.instruction, message.descriptor, message.sideTokens);
        return;
      case "data":
        this.bundles.get(message.instruction)?.push(message);
        return;
      case "sent":
        this.sent(message);
        return;
      case "split": {
        const result = this.bundles.get(message.instruction)?.split(message.desired);
        const answer = { kind: "split" as const, result };
        this.post({ kind: "answer", request: message.request, answer });
        return;
      }
      case "progress": {
        const bundle = this.bundles.get(message.instruction);
        const idle = bundle?.isIdle ?? true;
        const answer = { kind: "progress" as const, counts: bundle?.counts(), idle };
        this.post({ kind: "answer", request: message.request, answer });
        return;
      }
      case "status": {
        const answer = { kind: "status" as const, text: this.status() };
        this.post({ kind: "answer", request: message.request, answer });
        return;
      }
      case "finalize":
        void this.finalize(message.instruction).then((error) => {
          const answer = { kind: "finalize" as const, error };
          this.post({ kind: "answer", request: message.request, answer });
        });
        return;
      case "state":
        this.options.stateAnswered?.(message.request, message.answer);
        return;
      case "abort":
        this.bundles.get(message.instruction)?.cancel(message.reason);
        return;
      case "close":
        void this.close().then(() => this.post({ kind: "closed" }));
    }
  }

  /** Lets go of every DoFn. Never rejects: what a teardown throws is told as a log line. */
  private async close(): Promise<void> {
    for (const bundle of this.bundles.values()) bundle.cancel("the worker is shutting down");
    const stations = [...this.idle.values()].flat();
    this.idle.clear();
    for (const station of stations) await this.teardown(station);
    await Promise.all(this.running);
  }

  private start(instruction: string, descriptor: string, sideTokens: SideTokens): void {
    let station: Station;
    try {
      station = this.takeStation(descriptor);
    } catch (error) {
      this.post({ kind: "failed", instruction, report: encodeErrorReport(error) });
      return;
    }
    const bundle = new RunningBundle(instruction, station, sideTokens, (size) =>
      this.post({ kind: "consumed", instruction, size }),
    );
    this.bundles.set(instruction, bundle);
    this.stations.set(instruction, station);
    const run = () => bundle.run();
    const within = this.options.within ?? ((_instruction, inner) => inner());
    const seen = this.see(descriptor, bundle, station, within(instruction, run)).then(() => {
      this.running.delete(seen);
    });
    this.running.add(seen);
  }

  /** Sees a bundle through. Never rejects. */
  private async see(
    descriptor: string,
    bundle: RunningBundle,
    station: Station,
    running: ReturnType<RunningBundle["run"]>,
  ): Promise<void> {
    const { instruction } = bundle;
    try {
      const result = await running;
      this.keepFinalizers(bundle);
      this.idle.get(descriptor)?.push(station);
      this.forget(instruction);
      this.post({ kind: "done", instruction, result }, result.outputs.flatMap(bufferOf));
    } catch (error) {
      this.forget(instruction);
      this.post({ kind: "failed", instruction, report: encodeErrorReport(error) });
      // Its DoFns are in an unknown state: the next attempt gets new ones.
      await this.teardown(station);
    }
  }

  private keepFinalizers({ instruction, finalizers }: RunningBundle): void {
    if (finalizers.length === 0) return;
    this.finalizers.set(instruction, finalizers);
    const [oldest] = this.finalizers.keys();
    if (this.finalizers.size > FINALIZERS && oldest !== undefined) this.finalizers.delete(oldest);
  }

  /** Runs what a committed bundle has asked for; resolves with what went wrong. */
  private async finalize(instruction: string): Promise<string | undefined> {
    const finalizers = this.finalizers.get(instruction) ?? [];
    this.finalizers.delete(instruction);
    const results = await Promise.allSettled(finalizers.map(async (finalizer) => finalizer()));
    for (const result of results) {
      if (result.status === "rejected") return encodeErrorReport(result.reason);
    }
    return undefined;
  }

  private forget(instruction: string): void {
    this.bundles.delete(instruction);
    this.stations.delete(instruction);
  }

  private sent({ instruction, transform, size, buffer }: Extract<ToLane, { kind: "sent" }>): void {
    const station = this.stations.get(instruction);
    const output = station?.outputs.find((candidate) => candidate.transform === transform);
    output?.sent(size, buffer);
  }

  private takeStation(descriptor: string): Station {
    const idle = this.idle.get(descriptor)?.pop();
    if (idle !== undefined) return idle;
    const state = new BundleState(this.options.state);
    const coders = new DescriptorCoders(this.coders, state);
    const stage = stageFromDescriptor(this.descriptorOf(descriptor), this.graph, coders);
    return createStation(stage, state, {
      parallelism: this.options.parallelism,
      poll: this.options.poll,
      post: (chunk) => this.post({ kind: "output", ...chunk }, bufferOf(chunk)),
      postWrites: (instruction, writes) => this.post({ kind: "stateWrites", instruction, writes }),
    });
  }

  private addDescriptor(id: string, bytes: Uint8Array): void {
    this.descriptors.set(id, fromBinary(ProcessBundleDescriptorSchema, bytes));
    this.idle.set(id, []);
  }

  private descriptorOf(id: string): ProcessBundleDescriptor {
    const descriptor = this.descriptors.get(id);
    if (descriptor === undefined) throw internalError(`The lane has no descriptor "${id}"`);
    return descriptor;
  }

  private async teardown(station: Station): Promise<void> {
    try {
      await station.processor.teardown();
    } catch (error) {
      const message = `Cannot tear a step down: ${error instanceof Error ? error.message : String(error)}`;
      this.post({ kind: "log", line: { severity: "warn", atMs: Date.now(), message } });
    }
  }

  private status(): string {
    const lines = [...this.bundles.values()].map((bundle) => {
      const { steps, elapsedMs } = bundle.counts();
      const busiest = steps.map((step) => `${step.transform} (${step.elements})`).join(", ");
      return `  ${bundle.instruction}, ${(elapsedMs / 1000).toFixed(1)} s: ${busiest}`;
    });
    const { heapUsed } = process.memoryUsage();
    return [`${lines.length} bundles, heap ${Math.round(heapUsed / 2 ** 20)} MB`, ...lines].join(
      "\n",
    );
  }
}

/** The memory of a chunk, where it can be handed over to another thread. */
function bufferOf({ bytes }: Chunk): ArrayBuffer[] {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength > 0 ? [buffer] : [];
}
