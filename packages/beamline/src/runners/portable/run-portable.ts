import { fingerprintOf } from "../../code-ref/fingerprint.js";
import { type GraphHooks, hooksOf } from "../../graph/graph-hooks.js";
import type { Graph } from "../../graph/nodes.js";
import { parallelismIn } from "../../harness/parallelism.js";
import { BeamlineError } from "../../model/errors.js";
import { cancelled } from "./cancelled.js";
import { jobFailure } from "./failure/job-failure.js";
import { MessageLog } from "./failure/message-log.js";
import { followJob } from "./follow-job.js";
import { type JobClient, openJobClient } from "./job-client.js";
import { finalCounters, metricsIfAny } from "./job-metrics.js";
import type { FinalJobState, JobState } from "./job-state.js";
import { openWorkers, type Workers } from "./open-workers.js";
import type {
  PortableDetachOptions,
  PortableRunOptions,
  PortableRunResult,
  PortableSubmitOptions,
  SubmittedJob,
} from "./run-options.js";
import { Submission } from "./submission.js";

/**
 * Runs a graph on whatever has a Beam Job API, such as Spark's or Flink's job server, and resolves
 * when the job has succeeded.
 *
 * Rejects with a {@link BeamlineError}: a `UserCodeError` where a user function threw,
 * `UNSUPPORTED_BY_RUNNER` before anything starts, `JOB_FAILED`, `JOB_SERVER_UNREACHABLE`, `JOB_LOST`,
 * and `CANCELLED` where the signal was aborted and the job has been cancelled.
 */
export async function runPortable(
  graph: Graph,
  options: PortableRunOptions,
): Promise<PortableRunResult> {
  return await new PortableJob(graph, options).run();
}

/** Starts a job and leaves it alone. See `waitJob` and `cancelJob` for what comes later. */
export async function submitPortable(
  graph: Graph,
  options: PortableDetachOptions,
): Promise<SubmittedJob> {
  const submission = new Submission(graph, options);
  submission.checkCapabilities(options.environment);
  const hooks = options.sharedFiles === true ? hooksOf(graph) : NO_HOOKS;
  await hooks.check();
  const client = openJobClient(await endpointOf(options), options);
  try {
    const jobId = await submission.start(client, options.environment, () => hooks.prepare());
    return { jobId, jobEndpoint: client.address };
  } finally {
    client.close();
  }
}

async function endpointOf({ jobEndpoint }: PortableSubmitOptions): Promise<string> {
  return typeof jobEndpoint === "string" ? jobEndpoint : await jobEndpoint();
}

const NO_HOOKS: GraphHooks = {
  check: () => Promise.resolve(),
  prepare: () => Promise.resolve(),
  abandon: () => Promise.resolve(),
};

class PortableJob {
  private readonly graph: Graph;
  private readonly options: PortableRunOptions;
  private readonly submission: Submission;
  private readonly hooks: GraphHooks;
  private readonly log = new MessageLog();
  private readonly crash = new AbortController();
  private started = performance.now();
  private state: JobState = "unspecified";

  constructor(graph: Graph, options: PortableRunOptions) {
    this.graph = graph;
    this.options = options;
    this.submission = new Submission(graph, options);
    const { environment, sharedFiles = (environment?.kind ?? "loopback") === "loopback" } = options;
    this.hooks = sharedFiles ? hooksOf(graph) : NO_HOOKS;
  }

  async run(): Promise<PortableRunResult> {
    const { environment = { kind: "loopback" }, code } = this.options;
    this.submission.checkCapabilities(environment);
    this.requireNotCancelled();
    await this.hooks.check();
    const client = openJobClient(await endpointOf(this.options), this.options);
    this.started = performance.now();
    try {
      const workers = await openWorkers(environment, {
        network: client.network,
        parallelism: parallelismIn(this.submission.runnerOptions),
        onCrash: (error) => this.crash.abort(error),
        code:
          code === undefined
            ? { kind: "graph", graph: this.graph }
            : { kind: "module", code, fingerprint: fingerprintOf(this.graph) },
      });
      try {
        const jobId = await this.start(client, workers);
        return await this.finish(client, jobId, workers);
      } finally {
        await workers.close();
      }
    } finally {
      client.close();
    }
  }

  private async start(client: JobClient, { environment }: Workers): Promise<string> {
    try {
      return await this.submission.start(client, environment, () => this.hooks.prepare());
    } catch (error) {
      // What a call throws that was cancelled is not for people.
      this.requireNotCancelled();
      throw error;
    }
  }

  private async finish(
    client: JobClient,
    jobId: string,
    workers: Workers,
  ): Promise<PortableRunResult> {
    let state: FinalJobState;
    try {
      state = await this.follow(client, jobId, workers);
    } catch (error) {
      // A job whose workers end with this process is over, whatever its runner thinks.
      if (workers.here !== "no") {
        await client.cancel(jobId).catch(() => undefined);
        await this.abandon(workers);
      }
      throw error;
    }
    switch (state) {
      case "done":
      case "updated":
      case "drained":
        return await this.result(client, jobId, state);
      case "cancelled":
        await this.abandon(workers);
        throw cancelled(this.options.signal?.reason);
      case "failed":
        await this.abandon(workers);
        // Some runners fail a job that is cancelled.
        this.requireNotCancelled();
        throw jobFailure({
          jobId,
          runner: this.submission.profile.title,
          log: this.log,
          artifacts: this.options.artifacts ?? [],
        });
    }
  }

  /** Removes what is half-written, once nobody writes any more. */
  private async abandon(workers: Workers): Promise<void> {
    await workers.close();
    await this.hooks.abandon();
  }

  /** Follows the job to its end, which comes sooner when the caller cancels. */
  private async follow(client: JobClient, jobId: string, workers: Workers): Promise<FinalJobState> {
    const { signal, backOff, onState, onMessage } = this.options;
    const { cancelTimeoutMs = 30_000, workerTimeoutMs = 300_000 } = this.options;
    const patience = new AbortController();
    const timers: NodeJS.Timeout[] = [];
    const giveUpAfter = (ms: number, why: () => BeamlineError | undefined): void => {
      const check = () => {
        const reason = why();
        if (reason !== undefined) patience.abort(reason);
      };
      timers.push(setTimeout(check, ms));
    };
    const cancel = (): void => {
      giveUpAfter(cancelTimeoutMs, () => neverEnded(jobId, cancelTimeoutMs));
      client.cancel(jobId).catch((error: unknown) => patience.abort(error));
    };
    signal?.addEventListener("abort", cancel, { once: true });
    if (signal?.aborted === true) cancel();
    const ticker = this.startTicker(client, jobId);
    try {
      return await followJob(client, jobId, {
        signal: AbortSignal.any([patience.signal, this.crash.signal]),
        ...(backOff === undefined ? {} : { backOff }),
        onState: (state) => {
          this.state = state;
          if (state === "running") {
            giveUpAfter(workerTimeoutMs, () =>
              workers.here === "waiting" ? neverCame(jobId, workers, workerTimeoutMs) : undefined,
            );
          }
          onState?.(state);
        },
        onMessage: (message) => {
          this.log.add(message);
          onMessage?.(message);
        },
      });
    } finally {
      for (const timer of timers) clearTimeout(timer);
      clearInterval(ticker);
      signal?.removeEventListener("abort", cancel);
    }
  }

  private startTicker(client: JobClient, jobId: string): NodeJS.Timeout | undefined {
    const { onProgress, progressIntervalMs = 1_000 } = this.options;
    if (onProgress === undefined) return undefined;
    let asking = false;
    const report = async (): Promise<void> => {
      if (asking) return;
      asking = true;
      const { attempted } = await metricsIfAny(client, jobId, this.graph.transforms.keys());
      asking = false;
      onProgress({ jobId, state: this.state, elapsedMs: this.elapsed(), counters: attempted });
    };
    return setInterval(() => void report(), progressIntervalMs).unref();
  }

  private async result(
    client: JobClient,
    jobId: string,
    state: PortableRunResult["state"],
  ): Promise<PortableRunResult> {
    const elapsedMs = this.elapsed();
    const metrics = await metricsIfAny(client, jobId, this.graph.transforms.keys());
    const counters = finalCounters(metrics);
    return { state, jobId, jobEndpoint: client.address, elapsedMs, counters, metrics };
  }

  private requireNotCancelled(): void {
    const { signal } = this.options;
    if (signal?.aborted === true) throw cancelled(signal.reason);
  }

  private elapsed(): number {
    return performance.now() - this.started;
  }
}

function neverEnded(jobId: string, timeoutMs: number): BeamlineError {
  return new BeamlineError(
    "CANCEL_TIMEOUT",
    `Cannot cancel the job ${jobId}: it has not ended ${timeoutMs / 1000} s after it was asked to; cancel it with the runner's own tools`,
    { origin: "remote" },
  );
}

function neverCame(jobId: string, { environment }: Workers, timeoutMs: number): BeamlineError {
  const at = environment.kind === "external" ? ` at ${environment.address}` : "";
  return new BeamlineError(
    "NO_WORKERS",
    `Cannot run the job ${jobId}: it has been running for ${timeoutMs / 1000} s without asking for a worker of this process${at}; make sure that the runner can reach that address (one in a container mostly can't), or choose another environment`,
    { origin: "remote" },
  );
}
