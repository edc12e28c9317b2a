import type { CodeSource } from "../../harness/code-source.js";
import { startWorkerPool } from "../../harness/worker-pool.js";
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
}

/**
 * Makes a loopback environment real: a worker pool in this process, which the runner sees as an
 * external one. Others are the runner's business.
 */
export async function openWorkers(
  environment: PortableEnvironment,
  { network, code, parallelism }: WorkerOptions,
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
