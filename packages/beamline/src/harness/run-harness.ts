import { BeamlineError, internalError } from "../model/errors.js";
import { BeamFnControl } from "../proto/gen/fn-execution/control_pb.js";
import { runnerProtocolUrns } from "../proto/urns.js";
import type { Network, Transport } from "../transport/transport.js";
import { ActiveBundles } from "./active-bundles.js";
import type { LogLine } from "./bundle/messages.js";
import { DescriptorCache } from "./channels/descriptor-cache.js";
import { LogChannel } from "./channels/log-channel.js";
import { serveStatus } from "./channels/status-channel.js";
import type { CodeSource, UnloadableCode } from "./code-source.js";
import { decodeErrorReport, encodeErrorReport } from "./error-report.js";
import { Instructions } from "./instructions.js";
import type { OpenLane } from "./lanes/lane-handle.js";
import { laneSetup, threadCount } from "./lanes/lane-setup.js";
import { ThreadLane } from "./lanes/thread-lane.js";

export interface HarnessOptions {
  /** What the runner calls this worker. Goes along with every call. */
  readonly workerId: string;
  readonly network: Network;
  /** Address of the runner's control service. */
  readonly control: string;
  /** Default: what is logged is lost. */
  readonly logging?: string;
  /** Default: nobody asks for the status. */
  readonly status?: string;
  readonly code: CodeSource | UnloadableCode;
  /** Threads that run bundles, where the code is a module. Default: one per core. */
  readonly threads?: number;
  /**
   * How many tasks the runner can run at a time, on all its machines: sources are split by it.
   * Default: `threads`.
   */
  readonly parallelism?: number;
  /**
   * Whether what user code logs in worker threads goes to the runner. Default: true; false leaves
   * it in this process's terminal.
   */
  readonly captureConsole?: boolean;
  /**
   * Lanes that load the pipeline already, so that this overlaps with other things. They are the
   * first, and open at once. Default: none.
   */
  readonly startedLanes?: readonly ThreadLane[];
  /** URNs of the optional protocols that the runner speaks, from its ProvisionInfo. Default: none. */
  readonly runnerCapabilities?: readonly string[];
  /** Ends the worker. What it is doing fails. */
  readonly signal?: AbortSignal;
}

/**
 * Serves as a worker of a runner: takes its instructions, runs bundles, until the runner ends the
 * control stream.
 *
 * Rejects with `CONTROL_STREAM_LOST` when the stream drops, and with the cause when the pipeline's
 * code cannot be loaded (after the runner has been told so in answer to its first bundle).
 */
export async function runHarness(options: HarnessOptions): Promise<void> {
  const openLane = await laneOpener(options);
  await new Harness(options, openLane).run();
}

/** How long a worker that cannot load its code waits for a bundle to say so. */
const FAREWELL_MS = 10_000;
/** After the first refused bundle, others may come at once. */
const AFTERMATH_MS = 500;

class Harness {
  private readonly options: HarnessOptions;
  private readonly control: Transport;
  private readonly log: LogChannel | undefined;
  private readonly bundles: ActiveBundles;
  private readonly instructions: Instructions;
  private readonly stop = new AbortController();
  private readonly startedMs = Date.now();
  private broken: BeamlineError | undefined;

  constructor(options: HarnessOptions, openLane: (index: number) => OpenLane) {
    const { network, workerId, runnerCapabilities = [] } = options;
    const metadata = { worker_id: workerId };
    this.options = options;
    this.control = network.connect(options.control, { metadata });
    this.log =
      options.logging === undefined
        ? undefined
        : new LogChannel(network.connect(options.logging, { metadata }));
    this.bundles = new ActiveBundles(network, workerId, {
      threads: threadsOf(options),
      openLane,
      embedOutputs: runnerCapabilities.includes(
        runnerProtocolUrns.controlResponseElementsEmbedding,
      ),
      log: (line) => this.writeLog(line),
      broken: (report) => this.takeBroken(report),
    });
    this.instructions = new Instructions(
      this.bundles,
      new DescriptorCache(this.control),
      runnerCapabilities.includes(runnerProtocolUrns.monitoringInfoShortIds),
    );
  }

  async run(): Promise<void> {
    const { signal, status, network, workerId } = this.options;
    const leave = () => this.stop.abort(signal?.reason);
    signal?.addEventListener("abort", leave, { once: true });
    if (signal?.aborted === true) leave();
    const statusTransport =
      status === undefined
        ? undefined
        : network.connect(status, { metadata: { worker_id: workerId } });
    if (statusTransport !== undefined) void serveStatus(statusTransport, () => this.status());
    try {
      const { code } = this.options;
      if (code.kind === "unloadable") this.bundles.refuse(encodeErrorReport(code.cause));
      this.bundles.warmUp(Math.max(1, this.options.startedLanes?.length ?? 0));
      await this.serve();
    } finally {
      signal?.removeEventListener("abort", leave);
      await this.bundles.close("the runner has ended the control stream");
      statusTransport?.close();
      await this.log?.close();
      this.control.close();
    }
    if (this.broken !== undefined) throw this.broken;
  }

  private async serve(): Promise<void> {
    const stream = this.control.stream(BeamFnControl.method.control, { signal: this.stop.signal });
    const running = new Set<Promise<void>>();
    try {
      for await (const request of stream.messages) {
        const answered = this.instructions.answer(request).then((response) => {
          running.delete(answered);
          if (this.broken !== undefined) this.leaveIn(AFTERMATH_MS);
          // A runner that has the last answer ends the worker, and hears nothing more from it.
          void this.log?.flush();
          // Over a stream that has dropped nothing can be said; the loop sees that it has.
          void stream.send(response);
        });
        running.add(answered);
      }
    } catch (cause) {
      if (this.stop.signal.aborted) return;
      throw lost(this.options.control, cause);
    }
    stream.end();
  }

  /** The pipeline cannot be loaded: every bundle is told why, and soon the worker ends. */
  private takeBroken(report: string): void {
    if (this.broken !== undefined) return;
    const { message, code } = decodeErrorReport(report) ?? { message: report, code: "UNEXPECTED" };
    this.broken = new BeamlineError(code, message, { origin: "user" });
    this.writeLog({ severity: "error", atMs: Date.now(), message: report });
    this.leaveIn(FAREWELL_MS);
  }

  private leaveIn(ms: number): void {
    setTimeout(() => this.stop.abort(this.broken), ms).unref();
  }

  private writeLog(line: LogLine): void {
    this.log?.write(line);
  }

  private async status(): Promise<string> {
    const { rss, heapUsed } = process.memoryUsage();
    const lanes = await this.bundles.status();
    return [
      `worker ${this.options.workerId}, up ${Math.round((Date.now() - this.startedMs) / 1000)} s`,
      `node ${process.version}, memory ${mb(rss)} MB, heap of the main thread ${mb(heapUsed)} MB`,
      `${this.bundles.size} bundles in ${lanes.length} lanes`,
      ...lanes.map((text, i) => `lane ${i}: ${text}`),
    ].join("\n");
  }
}

function threadsOf({ code, threads }: HarnessOptions): number {
  return code.kind === "module" ? threadCount(threads) : 1;
}

async function laneOpener(options: HarnessOptions): Promise<(index: number) => OpenLane> {
  const { code, startedLanes = [] } = options;
  switch (code.kind) {
    case "graph": {
      // Whoever runs bundles in threads saves the time to load all that runs them.
      const { inlineLane } = await import("./lanes/inline-lane.js");
      const open = inlineLane(code.graph);
      return () => open;
    }
    case "module":
      return (index) => {
        const lane = startedLanes[index] ?? new ThreadLane(laneSetup(code, index, options));
        return lane.open;
      };
    case "unloadable":
      return () => {
        throw internalError("A worker without code was to run a bundle");
      };
  }
}

function lost(address: string, cause: unknown): BeamlineError {
  return new BeamlineError(
    "CONTROL_STREAM_LOST",
    `Cannot go on working: the control stream to ${address} dropped (${textOf(cause)}); see the runner's logs`,
    { origin: "remote", cause },
  );
}

function textOf(error: unknown): string {
  if (error === undefined) return "the runner closed it";
  return error instanceof Error ? error.message : String(error);
}

function mb(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
