import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BeamlineError } from "../../model/errors.js";
import { grpcNetwork } from "../../transport/grpc/grpc-network.js";
import type { Network } from "../../transport/transport.js";
import { LogChannel } from "../channels/log-channel.js";
import type { CodeSource } from "../code-source.js";
import { encodeErrorReport } from "../error-report.js";
import { laneSetup } from "../lanes/lane-setup.js";
import type { LaneThread } from "../lanes/start-lane-thread.js";
import { ThreadLane } from "../lanes/thread-lane.js";
import { runHarness } from "../run-harness.js";
import { type BootArguments, parseBootArguments } from "./boot-arguments.js";
import { BootLog } from "./boot-log.js";
import { fetchArtifacts, isTemporary } from "./fetch-artifacts.js";
import { loadJob } from "./load-job.js";
import { fetchProvision, type Provision } from "./provision.js";

export interface BootOptions {
  readonly args: readonly string[];
  /** Version of Beamline in this worker. */
  readonly version: string;
  /** Default: one thread per core. */
  readonly threads?: number | undefined;
  /** Threads for the first lanes, so that their loading overlaps with the fetching of the job. */
  readonly startedThreads?: readonly LaneThread[];
  /** Ends the worker. */
  readonly signal: AbortSignal;
  /** Default: gRPC. */
  readonly network?: Network;
}

/**
 * A worker process from start to end: asks the runner what to run, fetches it, and serves. Resolves
 * with the exit code; a failure has been reported then, on the logging endpoint, in a file, and in
 * answer to the first bundle.
 */
export async function runBoot(options: BootOptions): Promise<number> {
  const { signal, version, network = grpcNetwork } = options;
  let log = new BootLog("unknown");
  let args: BootArguments | undefined;
  let provision: Provision | undefined;
  let hasServed = false;
  try {
    args = parseBootArguments(options.args);
    log = new BootLog(args.workerId, args.semiPersistDir);
    provision = await fetchProvision(network, args);
    const folder = await fetchJob(network, args, provision);
    try {
      const code = await loadJob(folder, version);
      hasServed = true;
      await serve(network, args, provision, code, options);
    } finally {
      // A folder that is named for its content serves the next worker of the job.
      if (isTemporary(folder)) await rm(folder, { recursive: true, force: true });
    }
    return 0;
  } catch (error) {
    if (signal.aborted) return 0;
    const report = encodeErrorReport(error);
    const words = error instanceof Error ? error.message : String(error);
    log.write(`Beamline ${version}, Node ${process.version}: ${words}\n${report}`);
    const workerId = args?.workerId ?? "";
    const logging = provision?.logging ?? args?.logging;
    if (logging !== undefined) await tell(network, workerId, logging, report);
    const control = provision?.control ?? args?.control;
    // A harness that ran has told the runner itself.
    if (control !== undefined && !hasServed) {
      const code = { kind: "unloadable", cause: error } as const;
      await runHarness({ network, workerId, control, code }).catch(() => undefined);
    }
    return 1;
  }
}

/** Fetches the job's files; returns the folder that they are in. */
async function fetchJob(
  network: Network,
  { workerId, semiPersistDir }: BootArguments,
  { artifact, dependencies }: Provision,
): Promise<string> {
  if (artifact === undefined) throw noEndpoint("artifact");
  return await fetchArtifacts({
    network,
    workerId,
    endpoint: artifact,
    artifacts: dependencies,
    base: join(semiPersistDir ?? tmpdir(), "beamline-jobs"),
  });
}

async function serve(
  network: Network,
  { workerId }: BootArguments,
  { control, logging, status, runnerCapabilities, parallelism }: Provision,
  code: CodeSource,
  { threads, startedThreads = [], signal }: BootOptions,
): Promise<void> {
  if (control === undefined) throw noEndpoint("control");
  const startedLanes =
    code.kind === "module"
      ? startedThreads.map(
          (thread, at) => new ThreadLane(laneSetup(code, at, { threads, parallelism }), thread),
        )
      : [];
  await runHarness({
    workerId,
    network,
    control,
    code,
    runnerCapabilities,
    signal,
    ...(logging === undefined ? {} : { logging }),
    ...(status === undefined ? {} : { status }),
    ...(threads === undefined ? {} : { threads }),
    ...(parallelism === undefined ? {} : { parallelism }),
    startedLanes,
  });
}

/**
 * Tells the runner's log of a worker that ended where it could not tell itself, such as for want of
 * memory. Never rejects.
 */
export async function reportDeath(
  cause: string,
  args: readonly string[],
  network: Network = grpcNetwork,
): Promise<void> {
  try {
    const parsed = parseBootArguments(args);
    const { logging } = await fetchProvision(network, parsed, REPORT_MS);
    if (logging === undefined) return;
    const message = `Cannot go on: the worker ended: ${cause}`;
    const error = new BeamlineError("WORKER_DIED", message, { origin: "remote" });
    await tell(network, parsed.workerId, logging, encodeErrorReport(error));
  } catch {
    // The file says it as well.
  }
}

const REPORT_MS = 5000;

async function tell(
  network: Network,
  workerId: string,
  logging: string,
  report: string,
): Promise<void> {
  const channel = new LogChannel(network.connect(logging, { metadata: { worker_id: workerId } }));
  channel.write({ severity: "error", atMs: Date.now(), message: report });
  await channel.close();
}

function noEndpoint(name: string): BeamlineError {
  return new BeamlineError(
    "PROVISION_FAILED",
    `Cannot start the worker: the runner names no ${name} endpoint; check the runner's version`,
    { origin: "remote" },
  );
}
