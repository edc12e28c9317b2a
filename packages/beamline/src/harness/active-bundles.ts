import { BeamlineError } from "../model/errors.js";
import type { Network } from "../transport/transport.js";
import type {
  BundleCounts,
  BundleResult,
  Chunk,
  DelayedRoot,
  DesiredSplit,
  FromLane,
  LaneAnswer,
  LogLine,
  SplitResult,
  ToLane,
} from "./bundle/messages.js";
import type { SideTokens } from "./bundle/side-tokens.js";
import type { StateAnswer } from "./bundle/state-access.js";
import { BundleInput, type Segment } from "./bundle-input.js";
import { DataPlane } from "./channels/data-plane.js";
import type { DescriptorInfo } from "./channels/descriptor-cache.js";
import { sendChunks, sendTimers } from "./channels/send-chunks.js";
import { StatePlane } from "./channels/state-plane.js";
import { UserStateCache } from "./channels/user-state-cache.js";
import { encodeErrorReport } from "./error-report.js";
import type { OpenLane } from "./lanes/lane-handle.js";
import { LanePool, type Slot } from "./lanes/lane-pool.js";
import { postData } from "./lanes/post-data.js";
import { Questions } from "./lanes/questions.js";

/** How a bundle ended. */
export type BundleOutcome =
  | {
      readonly kind: "done";
      readonly counts: BundleCounts;
      /** Outputs that are to go along with the answer. */
      readonly embedded: readonly Chunk[] | undefined;
      readonly residualRoots: readonly DelayedRoot[];
      /** Whether the worker wants to hear when the bundle has been committed. */
      readonly finalizes: boolean;
    }
  | { readonly kind: "failed"; readonly report: string };

interface ActiveBundle {
  readonly instruction: string;
  readonly descriptor: DescriptorInfo;
  readonly slot: Slot;
  readonly settle: (outcome: BundleOutcome) => void;
  /** Under which the user state in the cache is right; undefined where it is not to be kept. */
  readonly userToken: string | undefined;
  /** Changes of state that are under way. */
  readonly writes: Promise<void>[];
}

/** The streams that bundles need besides the one that announces them. */
export interface Planes {
  readonly data: DataPlane;
  readonly state: StatePlane;
}

export interface ActiveBundlesOptions {
  readonly threads: number;
  readonly openLane: (index: number) => OpenLane;
  /** Whether the runner takes outputs in the answer to a bundle. */
  readonly embedOutputs: boolean;
  readonly log: (line: LogLine) => void;
  /** A lane could not load the pipeline. */
  readonly broken: (report: string) => void;
}

/** Bundles whose commitment may still be told. */
const FINALIZERS = 10_000;

/** Outputs up to this size go along with the answer, where the runner takes them there. */
const EMBED_BYTES = 64 * 1024;

/** The bundles at work: brings their data to the lanes that run them, and what they make back. */
export class ActiveBundles {
  private readonly options: ActiveBundlesOptions;
  private readonly pool: LanePool;
  private readonly input = new BundleInput();
  private readonly active = new Map<string, ActiveBundle>();
  private readonly questions = new Questions();
  private readonly planes: Planes;
  private readonly userState = new UserStateCache();
  /** Lanes that want to hear when a bundle has been committed. */
  private readonly finalizers = new Map<string, Slot>();
  /** Why nothing can run here: the lanes cannot load the pipeline. */
  private refusal: string | undefined;

  constructor(network: Network, workerId: string, options: ActiveBundlesOptions) {
    this.options = options;
    this.planes = {
      data: new DataPlane(network, workerId, this.deliver, (endpoint, error) => {
        const why = error instanceof Error ? error.message : "the runner closed it";
        this.abort(`the data stream to ${endpoint} ended: ${why}`);
      }),
      state: new StatePlane(network, workerId),
    };
    this.pool = new LanePool(options.threads, options.openLane, {
      message: (slot, message) => this.take(slot, message),
      died: (slot, cause) => this.laneDied(slot, cause),
    });
  }

  /** Prepares for the first bundle. */
  warmUp(lanes: number): void {
    if (this.refusal === undefined) this.pool.warmUp(lanes);
  }

  get size(): number {
    return this.active.size;
  }

  /** Runs a bundle. Never rejects. */
  async process(
    instruction: string,
    wanted: Promise<DescriptorInfo>,
    embedded: readonly Segment[],
    sideTokens: SideTokens,
    userToken: string | undefined,
  ): Promise<BundleOutcome> {
    let descriptor: DescriptorInfo;
    try {
      descriptor = await wanted;
      // A runner sends only over streams that are open, and waits for them before it hears of
      // anything else.
      for (const endpoint of descriptor.ports.values()) this.planes.data.open(endpoint);
      if (descriptor.timerEndpoint !== undefined) this.planes.data.open(descriptor.timerEndpoint);
    } catch (error) {
      return this.failBefore(instruction, encodeErrorReport(error));
    }
    if (this.refusal !== undefined) return this.failBefore(instruction, this.refusal);
    const slot = this.pool.assign(instruction);
    const outcome = new Promise<BundleOutcome>((settle) => {
      const bundle = { instruction, descriptor, slot, settle, writes: [], userToken };
      this.active.set(instruction, bundle);
    });
    const { handle, descriptors } = slot;
    if (!descriptors.has(descriptor.id)) {
      descriptors.add(descriptor.id);
      handle.post({ kind: "descriptor", id: descriptor.id, bytes: descriptor.bytes });
    }
    handle.post({ kind: "process", instruction, descriptor: descriptor.id, sideTokens });
    for (const segment of embedded) postData(handle, segment, false);
    for (const segment of this.input.begin(instruction)) postData(handle, segment, false);
    return await outcome;
  }

  /** A bundle that never began: what came for it is let go. */
  private failBefore(instruction: string, report: string): BundleOutcome {
    this.input.end(instruction);
    return { kind: "failed", report };
  }

  /** See {@link DataPlane}. */
  readonly deliver = (segment: Segment, owned: boolean): Promise<void> | undefined => {
    const slot = this.active.get(segment.instructionId)?.slot;
    const wait = this.input.arrived(segment, slot !== undefined);
    if (slot !== undefined) postData(slot.handle, segment, owned);
    return wait;
  };

  async split(
    instruction: string,
    desired: readonly DesiredSplit[],
  ): Promise<SplitResult | undefined> {
    const answer = await this.ask(instruction, (request) => ({
      kind: "split",
      request,
      instruction,
      desired,
    }));
    return answer?.kind === "split" ? answer.result : undefined;
  }

  async progress(
    instruction: string,
  ): Promise<Extract<LaneAnswer, { kind: "progress" }> | undefined> {
    const message = (request: number): ToLane => ({ kind: "progress", request, instruction });
    const answer = await this.ask(instruction, message);
    return answer?.kind === "progress" ? answer : undefined;
  }

  /** What each lane is doing, for people. */
  async status(): Promise<string[]> {
    return await Promise.all(
      this.pool.lanes.map(async (slot) => {
        const answer = await this.questions.ask(slot, (request) => ({ kind: "status", request }));
        return answer?.kind === "status" ? answer.text : "ended";
      }),
    );
  }

  /** The bundle has been committed: runs what its DoFns have asked for; resolves with an error. */
  async finalize(instruction: string): Promise<string | undefined> {
    const slot = this.finalizers.get(instruction);
    if (slot === undefined) return undefined;
    this.finalizers.delete(instruction);
    const answer = await this.questions.ask(slot, (request) => ({
      kind: "finalize",
      request,
      instruction,
    }));
    return answer?.kind === "finalize" ? answer.error : undefined;
  }

  private keepFinalizer(instruction: string, slot: Slot): void {
    this.finalizers.set(instruction, slot);
    const [oldest] = this.finalizers.keys();
    if (this.finalizers.size > FINALIZERS && oldest !== undefined) this.finalizers.delete(oldest);
  }

  private abort(reason: string): void {
    for (const { instruction, slot } of this.active.values()) {
      slot.handle.post({ kind: "abort", instruction, reason });
    }
  }

  /** Fails every bundle that is at work, and ends. */
  async close(reason: string): Promise<void> {
    this.abort(reason);
    // First of all: a thread that waits for state waits no longer.
    this.planes.state.close();
    await this.pool.close();
    this.planes.data.close();
  }

  private ask(
    instruction: string,
    message: (request: number) => ToLane,
  ): Promise<LaneAnswer | undefined> {
    const slot = this.active.get(instruction)?.slot;
    return slot === undefined ? Promise.resolve(undefined) : this.questions.ask(slot, message);
  }

  private take(slot: Slot, message: FromLane): void {
    switch (message.kind) {
      case "ready":
      case "closed":
        return;
      case "broken":
        this.refuse(message.report);
        return;
      case "output":
        void this.send(slot, message);
        return;
      case "consumed":
        this.input.consumed(message.instruction, message.size);
        return;
      case "done":
        void this.finish(message.instruction, message.result);
        return;
      case "failed":
        this.settle(message.instruction, { kind: "failed", report: message.report });
        return;
      case "answer":
        this.questions.answer(message.request, message.answer);
        return;
      case "state":
        void this.fetchState(slot, message);
        return;
      case "stateWrites":
        this.writeState(message);
        return;
      case "log":
        this.options.log(message.line);
    }
  }

  /** Never rejects: a failure is an answer. */
  private async fetchState(
    { handle }: Slot,
    message: Extract<FromLane, { kind: "state" }>,
  ): Promise<void> {
    const { request, instruction } = message;
    let answer: StateAnswer;
    try {
      const bundle = this.active.get(instruction);
      const endpoint = bundle?.descriptor.stateEndpoint;
      if (endpoint === undefined) throw noState();
      const fetch = () => this.planes.state.get(endpoint, message);
      answer = { page: await this.userState.page(bundle?.userToken, message, fetch) };
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
    handle.post({ kind: "state", request, answer });
  }

  /** What goes wrong fails the bundle when it ends. */
  private writeState({ instruction, writes }: Extract<FromLane, { kind: "stateWrites" }>): void {
    const bundle = this.active.get(instruction);
    if (bundle === undefined) return;
    const { stateEndpoint } = bundle.descriptor;
    this.userState.wrote(bundle.userToken, writes);
    const written =
      stateEndpoint === undefined
        ? Promise.reject(noState())
        : this.planes.state.write(stateEndpoint, instruction, writes);
    written.catch(() => undefined);
    bundle.writes.push(written);
  }

  private async send(slot: Slot, chunk: Chunk): Promise<void> {
    const { instruction, transform, bytes } = chunk;
    const bundle = this.active.get(instruction);
    if (bundle === undefined) return;
    const size = bytes.length;
    try {
      const sent = sendChunks(this.planes.data, bundle.descriptor, [chunk]);
      if (sent !== undefined) await sent;
    } catch (error) {
      this.settle(instruction, { kind: "failed", report: encodeErrorReport(error) });
      return;
    }
    const { buffer: memory } = bytes;
    const buffer = memory instanceof ArrayBuffer ? memory : undefined;
    const transfer = buffer === undefined ? [] : [buffer];
    slot.handle.post({ kind: "sent", instruction, transform, size, buffer }, transfer);
  }

  private async finish(instruction: string, result: BundleResult): Promise<void> {
    const bundle = this.active.get(instruction);
    if (bundle === undefined) return;
    const { counts, outputs, flushed, timers, residualRoots, finalizes } = result;
    const size = outputs.reduce((sum, { bytes }) => sum + bytes.length, 0);
    // Java's runners take no elements, not even none, for a stage that has no outputs.
    const embed =
      this.options.embedOutputs &&
      outputs.length > 0 &&
      timers.length === 0 &&
      !flushed &&
      size <= EMBED_BYTES;
    try {
      await Promise.all(bundle.writes);
      if (!embed) await sendChunks(this.planes.data, bundle.descriptor, outputs);
      await sendTimers(this.planes.data, bundle.descriptor, timers);
    } catch (error) {
      this.settle(instruction, { kind: "failed", report: encodeErrorReport(error) });
      return;
    }
    if (finalizes) this.keepFinalizer(instruction, bundle.slot);
    const embedded = embed ? outputs : undefined;
    this.settle(instruction, { kind: "done", counts, embedded, residualRoots, finalizes });
  }

  private settle(instruction: string, outcome: BundleOutcome): void {
    const bundle = this.active.get(instruction);
    if (bundle === undefined) return;
    this.active.delete(instruction);
    // What it has written may not count.
    if (outcome.kind === "failed") this.userState.clear();
    this.input.end(instruction);
    bundle.slot.instructions.delete(instruction);
    bundle.settle(outcome);
  }

  /** Fails every bundle from now on. */
  refuse(report: string): void {
    this.refusal ??= report;
    for (const instruction of [...this.active.keys()]) {
      this.settle(instruction, { kind: "failed", report });
    }
    this.options.broken(report);
  }

  private laneDied(slot: Slot, cause: Error): void {
    this.questions.drop(slot);
    for (const [instruction, kept] of this.finalizers) {
      if (kept === slot) this.finalizers.delete(instruction);
    }
    if (this.refusal !== undefined) return;
    const report = encodeErrorReport(cause);
    this.options.log({ severity: "error", atMs: Date.now(), message: cause.message });
    for (const instruction of [...slot.instructions]) {
      this.settle(instruction, { kind: "failed", report });
    }
  }
}

function noState(): BeamlineError {
  return new BeamlineError(
    "BAD_DESCRIPTOR",
    "Cannot read state from the runner: its stage names no state endpoint; check the runner's version",
    { origin: "remote" },
  );
}
