import type { BundleGate, BundleSource, Entries } from "../../exec/bundle-processor.js";
import type { TimerReceiver } from "../../exec/state/ports.js";
import { Turn } from "../../exec/turn.js";
import { BeamlineError, internalError } from "../../model/errors.js";
import { InputChannel } from "./input-channel.js";
import { InputQueue } from "./input-queue.js";
import type {
  BundleCounts,
  BundleResult,
  ChannelSplit,
  Chunk,
  DelayedRoot,
  DesiredSplit,
  RootElement,
  SplitResult,
} from "./messages.js";
import { delayedRoot, type RootPort, rootElement } from "./residual-roots.js";
import type { SideTokens } from "./side-tokens.js";
import { splitPointOf } from "./split-input.js";
import type { Finalizer, Station } from "./station.js";
import { TimerChannel } from "./user-state/fn-api-timers.js";

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
  private readonly timerChannels = new Map<string, TimerChannel>();
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

  push({ transform, family, bytes, isLast }: Chunk): void {
    this.queue.push({ transform, family, bytes, isLast });
  }

  /** What is to happen once the bundle has been committed. */
  get finalizers(): readonly Finalizer[] {
    return [...this.station.finalizers];
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
    station.flushState();
    return {
      timers: station.timers.finish(this.instruction),
      residualRoots: station.residuals.map((residual) =>
        delayedRoot(this.rootPort(residual.step), residual),
      ),
      finalizes: station.finalizers.length > 0,
      counts: this.counts(),
      flushed: station.outputs.some((output) => output.flushed),
      outputs: station.outputs.map((output) => output.finish()),
    };
  }

  async feed(entries: Entries, gate: BundleGate, timers: TimerReceiver): Promise<void> {
    for (const port of this.station.sources) {
      const receive = entries.get(port.pcollection);
      if (receive === undefined) throw internalError(`"${port.transform}" leads nowhere`);
      this.channels.set(port.transform, new InputChannel(port, receive, this.station.state));
    }
    for (const port of this.station.timers.families) {
      this.timerChannels.set(`${port.transform}\n${port.family}`, new TimerChannel(port));
    }
    const { signal } = gate;
    signal.addEventListener("abort", () => this.queue.fail(signal.reason), { once: true });
    const turn = new Turn();
    let open = this.channels.size + this.timerChannels.size;
    while (open > 0) {
      const { transform, family, bytes, isLast } = await this.queue.next();
      if (isLast) open--;
      if (family !== undefined) {
        await this.feedTimers(transform, family, bytes, gate, timers);
        continue;
      }
      const channel = this.channels.get(transform);
      if (channel === undefined) throw unknownSource(transform);
      this.report(bytes.length);
      await channel.feed(bytes, isLast, gate, turn);
    }
  }

  private async feedTimers(
    transform: string,
    family: string,
    bytes: Uint8Array,
    gate: BundleGate,
    timers: TimerReceiver,
  ): Promise<void> {
    const channel = this.timerChannels.get(`${transform}\n${family}`);
    if (channel === undefined) throw unknownSource(`${transform} (timers ${family})`);
    this.report(bytes.length);
    for (const timer of channel.read(bytes)) {
      timers.fire(timer);
      if (gate.attention) await gate.clear();
    }
  }

  private rootPort(step: string): RootPort {
    const port = this.station.roots.find((each) => each.step === step);
    if (port === undefined) throw internalError(`"${step}" is no splittable DoFn`);
    return port;
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
    const residualRoots: DelayedRoot[] = [];
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
    // There is one while its call is under way, be it that user code asks in the midst of it.
    const active = this.station.processor.activeRestriction(port.pcollection);
    const root = this.station.roots.find((each) => each.transform === port.consumer?.transform);
    const splittable = active !== undefined && root !== undefined;
    const isBusy = channel.isBusy || active !== undefined;
    const fractionDone = isBusy ? (active?.fractionDone() ?? 0.5) : 1;
    const point = splitPointOf({ index, stop, fractionDone, splittable }, wish);
    if (point === undefined) return undefined;
    if (point.kind === "within") {
      const parts = active?.split(point.fraction);
      if (parts !== undefined && active !== undefined && root !== undefined) {
        const { primary, residual: value, watermark } = parts;
        const { meta } = active;
        channel.stop = index + 1;
        return {
          channel: { transform, lastPrimary: index - 1, firstResidual: index + 1 },
          roots: {
            primary: rootElement(root, primary, meta),
            residual: delayedRoot(root, { value, meta, watermark, resumeAfterMs: 0 }),
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

function unknownSource(transform: string): BeamlineError {
  return new BeamlineError(
    "BAD_DESCRIPTOR",
    `Cannot run the bundle: data came for "${transform}", which is no source of its stage; check the runner's version`,
    { origin: "remote" },
  );
}
