import { ProvisionService } from "../proto/gen/fn-execution/provision_pb.js";
import { BeamFnExternalWorkerPool } from "../proto/gen/fn-execution/worker-pool_pb.js";
import { bindService } from "../transport/service.js";
import type { Network } from "../transport/transport.js";
import type { CodeSource } from "./code-source.js";
import { laneSetup, threadCount } from "./lanes/lane-setup.js";
import { ThreadLane } from "./lanes/thread-lane.js";
import { parallelismIn } from "./parallelism.js";
import { runHarness } from "./run-harness.js";

export interface WorkerPoolOptions {
  readonly network: Network;
  /** Where to listen, such as `localhost:0`; port 0 takes a free one. */
  readonly address: string;
  readonly code: CodeSource;
  /** See `HarnessOptions.threads`. */
  readonly threads?: number;
  /** See `HarnessOptions.parallelism`. Default: what the job's options say, or `threads`. */
  readonly parallelism?: number | undefined;
  /** A runner has asked for a worker. */
  readonly onWorkerStart?: (workerId: string) => void;
  /** A worker ended with an error. Default: nobody hears of it but the runner. */
  readonly onWorkerError?: (workerId: string, error: unknown) => void;
}

export interface WorkerPool {
  /** What goes into the environment's payload. */
  readonly address: string;
  /** Ends the workers and the server. */
  close(): Promise<void>;
}

/**
 * Starts workers in this process when a runner asks for them: what LOOPBACK and EXTERNAL
 * environments (`beam:env:external:v1`) name.
 */
export async function startWorkerPool(options: WorkerPoolOptions): Promise<WorkerPool> {
  const { network, code, threads, parallelism, onWorkerError } = options;
  const workers = new Map<
    string,
    { readonly stop: AbortController; readonly over: Promise<void> }
  >();

  // Threads take a while to load what they run: they do so while the runner starts the job.
  let spares =
    code.kind === "module"
      ? Array.from(
          { length: threadCount(threads) },
          (_, index) =>
            new ThreadLane(laneSetup(code, index, { threads, parallelism, captureConsole: false })),
        )
      : [];

  const start = (workerId: string, endpoints: Endpoints, told: Provision) => {
    const tasks = parallelism ?? told.parallelism;
    const stop = new AbortController();
    const startedLanes = spares;
    spares = [];
    const over = runHarness({
      startedLanes,
      workerId,
      network,
      code,
      runnerCapabilities: told.capabilities,
      // Somebody sits at the terminal of this process, or has sent its output where they want it.
      captureConsole: false,
      signal: stop.signal,
      ...endpoints,
      ...(threads === undefined ? {} : { threads }),
      ...(tasks === undefined ? {} : { parallelism: tasks }),
    })
      .catch((error: unknown) => onWorkerError?.(workerId, error))
      .finally(() => workers.delete(workerId));
    workers.set(workerId, { stop, over });
  };

  const server = await network.listen(options.address, [
    bindService(BeamFnExternalWorkerPool, {
      async startWorker({ workerId, controlEndpoint, loggingEndpoint, provisionEndpoint }) {
        if (workers.has(workerId)) return { error: `worker ${workerId} is running already` };
        const told = await provisionOf(network, workerId, provisionEndpoint?.url);
        const control = controlEndpoint?.url || told.control;
        if (control === undefined) return { error: "the request names no control endpoint" };
        options.onWorkerStart?.(workerId);
        const logging = loggingEndpoint?.url || told.logging;
        start(
          workerId,
          {
            control,
            ...(logging === undefined ? {} : { logging }),
            ...(told.status === undefined ? {} : { status: told.status }),
          },
          told,
        );
        return {};
      },
      async stopWorker({ workerId }) {
        const worker = workers.get(workerId);
        if (worker === undefined) return {};
        worker.stop.abort();
        await worker.over;
        return {};
      },
    }),
  ]);
  return {
    address: server.address,
    async close() {
      const running = [...workers.values()];
      for (const { stop } of running) stop.abort();
      await Promise.all(running.map(({ over }) => over));
      await Promise.all(spares.map((lane) => lane.close()));
      await server.close();
    },
  };
}

interface Endpoints {
  readonly control: string;
  readonly logging?: string;
  readonly status?: string;
}

interface Provision {
  readonly control?: string | undefined;
  readonly logging?: string | undefined;
  readonly status?: string | undefined;
  readonly parallelism?: number | undefined;
  readonly capabilities: readonly string[];
}

const PROVISION_MS = 10_000;

/** What the runner tells about itself, where it offers to: its capabilities stand nowhere else. */
async function provisionOf(
  network: Network,
  workerId: string,
  endpoint: string | undefined,
): Promise<Provision> {
  if (endpoint === undefined || endpoint === "") return { capabilities: [] };
  const transport = network.connect(endpoint, { metadata: { worker_id: workerId } });
  try {
    const method = ProvisionService.method.getProvisionInfo;
    const { info } = await transport.unary(method, {}, { timeoutMs: PROVISION_MS });
    return {
      control: info?.controlEndpoint?.url || undefined,
      logging: info?.loggingEndpoint?.url || undefined,
      status: info?.statusEndpoint?.url || undefined,
      parallelism: parallelismIn(info?.pipelineOptions),
      capabilities: info?.runnerCapabilities ?? [],
    };
  } catch {
    // The endpoints of the request itself suffice.
    return { capabilities: [] };
  } finally {
    transport.close();
  }
}
