import { type ChildProcess, spawn } from "node:child_process";
import {
  BeamFnExternalWorkerPool,
  type StartWorkerRequest,
} from "../../proto/gen/fn-execution/worker-pool_pb.js";
import { bindService } from "../../transport/service.js";
import type { Network, Server } from "../../transport/transport.js";

/** Where Beam's worker pools listen by custom. */
export const DEFAULT_POOL_ADDRESS = "0.0.0.0:50000";

/** A worker that does not end when it is told to is ended after this long. */
const PATIENCE_MS = 5000;

export interface PoolProcessOptions {
  readonly network: Network;
  readonly address: string;
  /** Program and arguments that start a worker: `beamline-boot` itself. */
  readonly command: readonly [string, ...string[]];
}

/**
 * Serves a worker pool for jobs that bring their code along: each worker that a runner asks for
 * (`beam:env:external:v1`) becomes a process of its own, which fetches the code.
 */
export async function servePool(options: PoolProcessOptions): Promise<Server> {
  const { network, address, command } = options;
  const [program, ...fixed] = command;
  const workers = new Map<string, ChildProcess>();
  const server = await network.listen(address, [
    bindService(BeamFnExternalWorkerPool, {
      startWorker(request) {
        const { workerId } = request;
        if (workers.has(workerId)) return { error: `worker ${workerId} is running already` };
        const child = spawn(program, [...fixed, ...argumentsFor(request)], { stdio: "inherit" });
        workers.set(workerId, child);
        const gone = () => workers.delete(workerId);
        child.once("exit", gone).once("error", gone);
        return {};
      },
      async stopWorker({ workerId }) {
        await end(workers.get(workerId));
        return {};
      },
    }),
  ]);
  return {
    address: server.address,
    async close(graceMs) {
      await server.close(graceMs);
      await Promise.all([...workers.values()].map(end));
    },
  };
}

function argumentsFor(request: StartWorkerRequest): string[] {
  const { workerId, provisionEndpoint, loggingEndpoint, artifactEndpoint, controlEndpoint } =
    request;
  const flags = {
    id: workerId,
    provision_endpoint: provisionEndpoint?.url,
    logging_endpoint: loggingEndpoint?.url,
    artifact_endpoint: artifactEndpoint?.url,
    control_endpoint: controlEndpoint?.url,
  };
  return Object.entries(flags).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [`--${name}=${value}`],
  );
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  await gone;
  clearTimeout(timer);
}
