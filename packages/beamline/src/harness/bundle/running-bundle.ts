import { ByteWriter } from "../../bytes/byte-writer.js";
import { ParamWindowedValueCoder } from "../../coders/param-windowed-value.js";
import type { BundleGate, BundleSource, Entries } from "../../exec/bundle-processor.js";
import { Turn } from "../../exec/turn.js";
import type { ElementMeta } from "../../model/element-meta.js";
import { BeamlineError, internalError } from "../../model/errors.js";
import { InputChannel } from "./input-channel.js";
import { InputQueue } from "./input-queue.js";
import type {
  BundleCounts,
  BundleResult,
  ChannelSplit,
  Chunk,
  DesiredSplit,
  RootElement,
  SplitResult,
} from "./messages.js";
import type { SideTokens } from "./side-tokens.js";
import { splitPointOf } from "./split-input.js";
import type { SourcePort } from "./stage-from-descriptor.js";
import type { Station } from "./station.js";

/** Input taken off the queue before the harness is told: a message for each small chunk would cost. */
const REPORT_BYTES = 1024 * 1024;

/** One bundle at work in a {@link Station}. */
export class RunningBundle implements BundleSource {
  readonly instruction: string;
  readonly startedMs = performance.now();
  private readonly station: Station;
  private readonly sideTokens: SideTokens;
  private readonly onConsumed: (size: number) => void;
  private readonly queue = new InputQueue();
  private readonly abort = new AbortController();
  private readonly channels = new Map<string, InputChannel>();
  private consumed = 0;

  constructor(
    instruction: string,
    station: Station,
    sideTokens: SideTokens,
    onConsumed: (size: number) => void,
  ) {
    this.instruction = instruction;
    this.station = station;
    this.sideTokens = sideTokens;
    this.onConsumed = onConsumed;
  }

  /** True while no input waits that has come in already. */
  get isIdle(): boolean {
    return this.queue.isEmpty;
  }

  push({ transform, bytes, isLast }: Chunk): void {
    this.queue.push({ transform, bytes, isLast });
  }

  cancel(reason: string): void {
    this.abort.abort(
      new BeamlineError("CANCELLED", `Cannot finish the bundle: ${reason}; run the job again`, {
        origin: "remote",
      }),
    );
  }

  async run(): Promise<BundleResult> {
    const { station } = this;
    station.begin(this.instruction, this.sideTokens);
    await station.processor.run(this, this.abort.signal);
    return {
      counts: this.counts(),
      flushed: station.outputs.some((output) => output.flushed),
      outputs: station.outputs.map((output) => output.finish()),
    };
  }

  async feed(entries: Entries, gate: BundleGate): Promise<void> {
    for (const port of this.station.sources) {
      const receive = entries.get(port.pcollection);
      if (receive === undefined) throw internalError(`"${port.transform}" leads nowhere`);
      this.channels.set(port.transform, new InputChannel(port, receive, this.station.state));
    }
    const { signal } = gate;
    signal.addEventListener("abort", () => this.queue.fail(signal.reason), { once: true });
    const turn = new Turn();
    let open = this.channels.size;
    while (open > 0) {
      const { transform, bytes, isLast } = await this.queue.next();
      const channel = this.channels.get(transform);
      if (channel === undefined) throw unknownSource(transform);
      this.report(bytes.length);
      await channel.feed(bytes, isLast, gate, turn);
      if (isLast) open--;
    }
  }

  counts(): BundleCounts {
    const { station } = this;
    return {
      steps: station.counts(),
      sinks: station.outputs.map((output) => output.counts()),
      readIndex: Object.fromEntries(
        station.sources.map(({ transform }) => [
          transform,
          this.channels.get(transform)?.index ?? -1,
        ]),
      ),
      elapsedMs: performance.now() - this.startedMs,
    };
  }

  /** Gives work back where that is possible; undefined where it is not. */
  split(desired: readonly DesiredSplit[]): SplitResult | undefined {
    const primaryRoots: RootElement[] = [];
    const residualRoots: RootElement[] = [];
    const channels: ChannelSplit[] = [];
    for (const wish of desired) {
      const channel = this.channels.get(wish.transform);
      if (channel === undefined || channel.isDone) continue;
      const split = this.splitChannel(channel, wish);
      if (split === undefined) continue;
      channels.push(split.channel);
      if (split.roots !== undefined) {
        primaryRoots.push(split.roots.primary);
        residualRoots.push(split.roots.residual);
      }
    }
    return channels.length === 0 ? undefined : { primaryRoots, residualRoots, channels };
  }

  private splitChannel(channel: InputChannel, wish: DesiredSplit) {
    const { port, index, stop } = channel;
    const { transform } = port;
    const active = channel.isBusy
      ? this.station.processor.activeRestriction(port.pcollection)
      : undefined;
    const splittable = active !== undefined && port.consumer !== undefined;
    const fractionDone = channel.isBusy ? (active?.fractionDone() ?? 0.5) : 1;
    const point = splitPointOf({ index, stop, fractionDone, splittable }, wish);
    if (point === undefined) return undefined;
    if (point.kind === "within") {
      const parts = active?.split(point.fraction);
      if (parts !== undefined && active !== undefined) {
        channel.stop = index + 1;
        return {
          channel: { transform, lastPrimary: index - 1, firstResidual: index + 1 },
          roots: {
            primary: rootElement(port, parts.primary, active.meta),
            residual: rootElement(port, parts.residual, active.meta),
          },
        };
      }
    }
    // An element that cannot be split stays here whole.
    const at = point.kind === "between" ? point.at : index + 1;
    if (at >= stop || at >= Math.max(wish.estimatedElements, index + 1)) return undefined;
    channel.stop = at;
    return { channel: { transform, lastPrimary: at - 1, firstResidual: at }, roots: undefined };
  }

  private report(size: number): void {
    this.consumed += size;
    if (this.consumed < REPORT_BYTES) return;
    this.onConsumed(this.consumed);
    this.consumed = 0;
  }
}

function rootElement(port: SourcePort, value: unknown, meta: ElementMeta): RootElement {
  const { coder, consumer } = port;
  if (consumer === undefined) throw internalError(`"${port.transform}" has no one consumer`);
  const out = new ByteWriter(256);
  if (!(coder instanceof ParamWindowedValueCoder)) coder.encodeMeta(meta, out);
  coder.value.encode(value, out);
  return { transform: consumer.transform, input: consumer.input, element: out.toBytes() };
}

function unknownSource(transform: string): BeamlineError {
  return new BeamlineError(
    "BAD_DESCRIPTOR",
    `Cannot run the bundle: data came for "${transform}", which is no source of its stage; check the runner's version`,
    { origin: "remote" },
  );
}
