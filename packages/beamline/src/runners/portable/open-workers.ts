import type { CodeSource } from "../../harness/code-source.js";
import { startWorkerPool } from "../../harness/worker-pool.js";
import type { Network } from "../../transport/transport.js";
import type { PortableEnvironment } from "./environment.js";

/** The workers of a job, as far as this process has to do with them. */
export interface Workers {
  readonly environment: Exclude<PortableEnvironment, { kind: "loopback" }>;
  /** Ends the workers that run in this process. */
  close(): Promise<void>;
}

export interface WorkerOptions {
  readonly network: Network;
  readonly code: CodeSource;
}

/**
 * Makes a loopback environment real: a worker pool in this process, which the runner sees as an
 * external one. Others are the runner's business.
 */
export async function openWorkers(
  environment: PortableEnvironment,
  { network, code }: WorkerOptions,
): Promise<Workers> {
  if (environment.kind !== "loopback") return { environment, close: () => Promise.resolve() };
  const pool = await startWorkerPool({ network, address: "localhost:0", code });
  return {
    environment: { kind: "external", address: pool.address },
    close: () => pool.close(),
  };
}
