import type { CodeSource } from "../../harness/code-source.js";
import { startWorkerPool } from "../../harness/worker-pool.js";
import { BeamlineError } from "../../model/errors.js";
import type { Network } from "../../transport/transport.js";
import type { PortableEnvironment } from "./environment.js";

/** The workers of a job, as far as this process has to do with them. */
export interface Workers {
  readonly environment: Exclude<PortableEnvironment, { kind: "loopback" }>;
  /** `waiting` and `asked`: they run in this process, and a runner has asked for one or not yet. */
  readonly here: "no" | "waiting" | "asked";
  /** Ends the workers that run in this process. */
  close(): Promise<void>;
}

export interface WorkerOptions {
  readonly network: Network;
  readonly code: CodeSource;
  /** Tasks that the runner can run at a time. Default: one per core of this machine. */
  readonly parallelism: number | undefined;
  /**
   * A worker of this process has ended by a mistake of Beamline's: its runner may wait for it for
   * ever. What else ends a worker is told to the runner, or comes from there.
   */
  readonly onCrash: (error: Error) => void;
}

/**
 * Makes a loopback environment real: a worker pool in this process, which the runner sees as an
 * external one. Others are the runner's business.
 */
export async function openWorkers(
  environment: PortableEnvironment,
  { network, code, parallelism, onCrash }: WorkerOptions,
): Promise<Workers> {
  if (environment.kind !== "loopback") {
    return { environment, here: "no", close: () => Promise.resolve() };
  }
  let here: Workers["here"] = "waiting";
  let closed: Promise<void> | undefined;
  const pool = await startWorkerPool({
    network,
    address: "localhost:0",
    code,
    parallelism,
    onWorkerStart: () => {
      here = "asked";
    },
    onWorkerError: (_workerId, error) => {
      if (!(error instanceof BeamlineError)) onCrash(crashed(error));
    },
  });
  return {
    environment: { kind: "external", address: pool.address },
    get here() {
      return here;
    },
    close() {
      closed ??= pool.close();
      return closed;
    },
  };
}

function crashed(cause: unknown): BeamlineError {
  return new BeamlineError(
    "WORKER_DIED",
    `Cannot go on with the job: its worker in this process ended: ${cause instanceof Error ? cause.message : String(cause)}; this is a bug in Beamline, please report it`,
    { origin: "internal", cause },
  );
}
