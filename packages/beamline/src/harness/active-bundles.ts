import { BeamlineError } from "../model/errors.js";
import type { ElementsData } from "../proto/elements-codec.js";
import type {
  BundleCounts,
  BundleResult,
  Chunk,
  DesiredSplit,
  FromLane,
  LaneAnswer,
  LogLine,
  SplitResult,
  ToLane,
} from "./bundle/messages.js";
import { segmentsOf } from "./bundle/segments-of.js";
import type { StateAnswer } from "./bundle/state-access.js";
import { BundleInput } from "./bundle-input.js";
import type { DataPlane } from "./channels/data-plane.js";
import type { DescriptorInfo } from "./channels/descriptor-cache.js";
import type { StatePlane } from "./channels/state-plane.js";
import { encodeErrorReport } from "./error-report.js";
import type { LaneHandle, OpenLane } from "./lanes/lane-handle.js";
import { LanePool, type Slot } from "./lanes/lane-pool.js";

/** How a bundle ended. */
export type BundleOutcome =
  | {
      readonly kind: "done";
      readonly counts: BundleCounts;
      /** Outputs that are to go along with the answer. */
      readonly embedded: readonly Chunk[] | undefined;
    }
  | { readonly kind: "failed"; readonly report: string };

interface ActiveBundle {
  readonly instruction: string;
  readonly descriptor: DescriptorInfo;
  readonly slot: Slot;
  readonly settle: (outcome: BundleOutcome) => void;
}

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

/** Outputs up to this size go along with the answer, where the runner takes them there. */
const EMBED_BYTES = 64 * 1024;

/** The bundles at work: brings their data to the lanes that run them, and what they make back. */
export class ActiveBundles {
  private readonly options: ActiveBundlesOptions;
  private readonly pool: LanePool;
  private readonly input = new BundleInput();
  private readonly active = new Map<string, ActiveBundle>();
  private readonly asked = new Map<number, (answer: LaneAnswer | undefined) => void>();
  private requests = 0;
  private planes: Planes | undefined;
  /** Why nothing can run here: the lanes cannot load the pipeline. */
  private refusal: string | undefined;

  constructor(options: ActiveBundlesOptions) {
    this.options = options;
    this.pool = new LanePool(options.threads, options.openLane, {
      message: (slot, message) => this.take(slot, message),
      died: (slot, cause) => this.laneDied(slot, cause),
    });
  }

  /** The streams that bundles need. */
  connect(planes: Planes): void {
    this.planes = planes;
    if (this.refusal === undefined) this.pool.warmUp();
  }

  get size(): number {
    return this.active.size;
  }

  get lanes(): number {
    return this.pool.lanes.length;
  }

  /** Runs a bundle. Never rejects. */
  async process(
    instruction: string,
    descriptor: DescriptorInfo,
    embedded: readonly ElementsData[],
  ): Promise<BundleOutcome> {
    try {
      // A runner sends only over streams that are open, and waits for them before it hears of
      // anything else.
      for (const endpoint of descriptor.ports.values()) this.planes?.data.open(endpoint);
    } catch (error) {
      return { kind: "failed", report: encodeErrorReport(error) };
    }
    if (this.refusal !== undefined) return { kind: "failed", report: this.refusal };
    const slot = this.pool.assign(instruction);
    const outcome = new Promise<BundleOutcome>((settle) => {
      this.active.set(instruction, { instruction, descriptor, slot, settle });
    });
    const { handle, descriptors } = slot;
    if (!descriptors.has(descriptor.id)) {
      descriptors.add(descriptor.id);
      handle.post({ kind: "descriptor", id: descriptor.id, bytes: descriptor.bytes });
    }
    handle.post({ kind: "process", instruction, descriptor: descriptor.id });
    for (const segment of embedded) postData(handle, segment, false);
    for (const segment of this.input.begin(instruction)) postData(handle, segment, false);
    return await outcome;
  }

  /** See {@link DataPlane}. */
  readonly deliver = (segment: ElementsData, owned: boolean): Promise<void> | undefined => {
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
        const answer = await this.askLane(slot, (request) => ({ kind: "status", request }));
        return answer?.kind === "status" ? answer.text : "ended";
      }),
    );
  }

  /** Fails every bundle that is at work. */
  abort(reason: string): void {
    for (const { instruction, slot } of this.active.values()) {
      slot.handle.post({ kind: "abort", instruction, reason });
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private ask(
    instruction: string,
    message: (request: number) => ToLane,
  ): Promise<LaneAnswer | undefined> {
    const slot = this.active.get(instruction)?.slot;
    return slot === undefined ? Promise.resolve(undefined) : this.askLane(slot, message);
  }

  private askLane(
    { handle }: Slot,
    message: (request: number) => ToLane,
  ): Promise<LaneAnswer | undefined> {
    const request = this.requests++;
    return new Promise((resolve) => {
      this.asked.set(request, resolve);
      handle.post(message(request));
    });
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
        this.asked.get(message.request)?.(message.answer);
        this.asked.delete(message.request);
        return;
      case "state":
        void this.fetchState(slot, message);
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
      const endpoint = this.active.get(instruction)?.descriptor.stateEndpoint;
      if (endpoint === undefined || this.planes === undefined) throw noState();
      answer = { page: await this.planes.state.get(endpoint, message) };
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
    handle.post({ kind: "state", request, answer });
  }

  private async send(slot: Slot, chunk: Chunk): Promise<void> {
    const { instruction, transform, bytes } = chunk;
    const bundle = this.active.get(instruction);
    if (bundle === undefined) return;
    const size = bytes.length;
    try {
      const sent = this.sendAll(bundle, [chunk]);
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
    const { counts, outputs, flushed } = result;
    const size = outputs.reduce((sum, { bytes }) => sum + bytes.length, 0);
    // Java's runners take no elements, not even none, for a stage that has no outputs.
    const embed =
      this.options.embedOutputs && outputs.length > 0 && !flushed && size <= EMBED_BYTES;
    if (!embed) {
      try {
        await this.sendAll(bundle, outputs);
      } catch (error) {
        this.settle(instruction, { kind: "failed", report: encodeErrorReport(error) });
        return;
      }
    }
    this.settle(instruction, { kind: "done", counts, embedded: embed ? outputs : undefined });
  }

  /** Sends chunks, those for one endpoint as one message. */
  private sendAll(
    { descriptor }: ActiveBundle,
    chunks: readonly Chunk[],
  ): Promise<unknown> | undefined {
    const byEndpoint = new Map<string, ElementsData[]>();
    for (const chunk of chunks) {
      const endpoint = descriptor.ports.get(chunk.transform) ?? "";
      const segments = segmentsOf(chunk);
      const present = byEndpoint.get(endpoint);
      if (present === undefined) byEndpoint.set(endpoint, segments);
      else present.push(...segments);
    }
    const waits: Promise<void>[] = [];
    for (const [endpoint, segments] of byEndpoint) {
      const wait = this.planes?.data.send(endpoint, segments);
      if (wait !== undefined) waits.push(wait);
    }
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  private settle(instruction: string, outcome: BundleOutcome): void {
    const bundle = this.active.get(instruction);
    if (bundle === undefined) return;
    this.active.delete(instruction);
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

  private laneDied({ instructions }: Slot, cause: Error): void {
    // What was asked of it has no answer any more; nobody may wait for ever.
    for (const [request, answer] of this.asked) {
      answer(undefined);
      this.asked.delete(request);
    }
    if (this.refusal !== undefined) return;
    const report = encodeErrorReport(cause);
    this.options.log({ severity: "error", atMs: Date.now(), message: cause.message });
    for (const instruction of [...instructions]) {
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

function postData(handle: LaneHandle, segment: ElementsData, owned: boolean): void {
  const { instructionId, transformId, isLast } = segment;
  const bytes = ownBytes(segment.data, owned);
  handle.post(
    { kind: "data", instruction: instructionId, transform: transformId, bytes, isLast },
    bytes.byteLength === 0 ? [] : [bytes.buffer],
  );
}

/** Above this share of other bytes in the same memory, elements are copied out. */
const SLACK = 1.25;

/** The bytes in memory that can be handed over: without a copy where nothing else lies there. */
function ownBytes(data: Uint8Array, owned: boolean): Uint8Array<ArrayBuffer> {
  const { buffer } = data;
  const alone = owned && buffer.byteLength <= data.length * SLACK;
  if (alone && buffer instanceof ArrayBuffer) {
    return new Uint8Array(buffer, data.byteOffset, data.length);
  }
  return new Uint8Array(data);
}
