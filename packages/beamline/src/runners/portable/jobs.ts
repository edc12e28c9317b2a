import type { CounterValue } from "../../model/counter-value.js";
import { BeamlineError } from "../../model/errors.js";
import type { BackOffOptions } from "./back-off.js";
import { jobFailure } from "./failure/job-failure.js";
import { MessageLog } from "./failure/message-log.js";
import { followJob } from "./follow-job.js";
import {
  type JobClient,
  type JobClientOptions,
  type JobSummary,
  openJobClient,
} from "./job-client.js";
import type { JobMessage } from "./job-message.js";
import { finalCounters, type JobMetrics, metricsIfAny, readJobMetrics } from "./job-metrics.js";
import { type FinalJobState, isFinal, type JobState } from "./job-state.js";

/** Which job, and where. */
export interface JobReference extends JobClientOptions {
  readonly jobEndpoint: string;
  readonly jobId: string;
}

/** A job in full. */
export interface JobDetails extends JobSummary {
  /** Names of its transforms that run, without composites; empty where the runner keeps none. */
  readonly transforms: readonly string[];
  readonly counters: readonly CounterValue[];
}

/** The jobs of a server, running and finished; a server forgets them when it ends. */
export async function listJobs(
  jobEndpoint: string,
  options: JobClientOptions = {},
): Promise<JobSummary[]> {
  return await withClient({ jobEndpoint, ...options }, (client) => client.jobs());
}

/** What a server knows of one job. */
export async function showJob(job: JobReference): Promise<JobDetails> {
  return await withClient(job, async (client) => {
    const { jobId } = job;
    const state = await client.state(jobId);
    const [jobs, pipeline, metrics] = await Promise.all([
      client.jobs(),
      client.pipeline(jobId),
      metricsIfAny(client, jobId),
    ]);
    const transforms = Object.values(pipeline?.components?.transforms ?? {})
      .filter(({ subtransforms }) => subtransforms.length === 0)
      .map(({ uniqueName }) => uniqueName);
    const name = jobs.find((summary) => summary.jobId === jobId)?.name ?? "";
    return { jobId, name, state, transforms, counters: finalCounters(metrics) };
  });
}

export interface CancelOptions {
  /** How long the job may take to end. Default: 30,000. */
  readonly timeoutMs?: number;
}

/**
 * Cancels a job and waits until it has ended. Resolves with how: not `cancelled` where it was over
 * before. Rejects with `CANCEL_TIMEOUT` when it does not end in time.
 */
export async function cancelJob(
  job: JobReference,
  { timeoutMs = 30_000 }: CancelOptions = {},
): Promise<FinalJobState> {
  const { jobId } = job;
  return await withClient(job, async (client) => {
    const state = await client.cancel(jobId);
    if (isFinal(state)) return state;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await followJob(client, jobId, { signal: timeout });
    } catch (error) {
      if (!timeout.aborted) throw error;
      throw new BeamlineError(
        "CANCEL_TIMEOUT",
        `Cannot cancel the job ${jobId}: it has not ended ${timeoutMs / 1000} s after it was asked to; cancel it with the runner's own tools`,
        { origin: "remote" },
      );
    }
  });
}

export interface WaitOptions {
  readonly onState?: (state: JobState) => void;
  readonly onMessage?: (message: JobMessage) => void;
  /** Gives up waiting; the job goes on. */
  readonly signal?: AbortSignal;
  readonly backOff?: BackOffOptions;
}

/** How a job ended that did not fail. */
export interface FinishedJob {
  readonly jobId: string;
  readonly state: Exclude<FinalJobState, "failed">;
  readonly counters: readonly CounterValue[];
}

/** Waits for a job's end. Rejects as `runPortable` does when it failed. */
export async function waitJob(job: JobReference, options: WaitOptions = {}): Promise<FinishedJob> {
  const { jobId } = job;
  const log = new MessageLog();
  return await withClient(job, async (client) => {
    const state = await followJob(client, jobId, {
      ...options,
      onMessage: (message) => {
        log.add(message);
        options.onMessage?.(message);
      },
    });
    if (state === "failed") throw jobFailure({ jobId, runner: "the runner", log });
    const counters = finalCounters(await metricsIfAny(client, jobId));
    return { jobId, state, counters };
  });
}

/** The counters of a job: of a running one so far. */
export async function jobMetrics(job: JobReference): Promise<JobMetrics> {
  return await withClient(job, async (client) => readJobMetrics(await client.metrics(job.jobId)));
}

async function withClient<T>(
  options: JobClientOptions & { readonly jobEndpoint: string },
  use: (client: JobClient) => Promise<T>,
): Promise<T> {
  const client = openJobClient(options.jobEndpoint, options);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}
