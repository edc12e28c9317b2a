import type { JsonObject } from "@bufbuild/protobuf";
import {
  type GetJobMetricsResponse,
  type JobMessagesResponse,
  JobService,
  type JobStateEvent,
} from "../../proto/gen/job-management/job_pb.js";
import type { Pipeline } from "../../proto/gen/pipeline/pipeline_pb.js";
import { grpcNetwork } from "../../transport/grpc/grpc-network.js";
import type { CallOptions, Network } from "../../transport/transport.js";
import { jobCallError } from "./job-call-error.js";
import { parseJobEndpoint } from "./job-endpoint.js";
import { type JobState, jobStateOf } from "./job-state.js";

export interface JobClientOptions {
  /** How the server is reached. Default: gRPC. */
  readonly network?: Network;
  /** How long the server may take for an answer. Default: 60,000. */
  readonly callTimeoutMs?: number;
}

/** What a server says when it has taken a pipeline. */
export interface PreparedJob {
  readonly preparationId: string;
  /** Where to stage artifacts; undefined when the server wants none. */
  readonly stagingEndpoint: string | undefined;
  readonly stagingToken: string;
}

/** A job as a server lists it. */
export interface JobSummary {
  readonly jobId: string;
  readonly name: string;
  readonly state: JobState;
}

/** Beam's Job API at one address. Its errors say what to do about them. */
export interface JobClient {
  readonly address: string;
  readonly network: Network;
  prepare(name: string, pipeline: Pipeline, options: JsonObject): Promise<PreparedJob>;
  /** Starts a prepared job; resolves with its id. */
  run(prepared: PreparedJob): Promise<string>;
  state(jobId: string): Promise<JobState>;
  /** Asks for the job's end; resolves with its state right after. */
  cancel(jobId: string): Promise<JobState>;
  jobs(): Promise<JobSummary[]>;
  pipeline(jobId: string): Promise<Pipeline | undefined>;
  metrics(jobId: string): Promise<GetJobMetricsResponse>;
  /** Fails with the transport's own errors: see `followJob`. */
  states(jobId: string, signal: AbortSignal): AsyncIterable<JobStateEvent>;
  /** Fails with the transport's own errors: see `followJob`. */
  messages(jobId: string, signal: AbortSignal): AsyncIterable<JobMessagesResponse>;
  close(): void;
}

/** Connects to a job server, with the first call. Whoever opens the client closes it. */
export function openJobClient(endpoint: string, options: JobClientOptions = {}): JobClient {
  const { network = grpcNetwork, callTimeoutMs = 60_000 } = options;
  const address = parseJobEndpoint(endpoint);
  const transport = network.connect(address);
  const call: CallOptions = { timeoutMs: callTimeoutMs };
  const { method } = JobService;

  async function ask<T>(action: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw jobCallError(action, address, callTimeoutMs, error);
    }
  }

  return {
    address,
    network,
    async prepare(jobName, pipeline, pipelineOptions) {
      const request = { jobName, pipeline, pipelineOptions };
      const answer = await ask("submit the job", transport.unary(method.prepare, request, call));
      const url = answer.artifactStagingEndpoint?.url ?? "";
      return {
        preparationId: answer.preparationId,
        stagingEndpoint: url === "" ? undefined : url,
        stagingToken: answer.stagingSessionToken,
      };
    },
    async run({ preparationId }) {
      const answer = transport.unary(method.run, { preparationId }, call);
      return (await ask("start the job", answer)).jobId;
    },
    async state(jobId) {
      const answer = transport.unary(method.getState, { jobId }, call);
      return jobStateOf((await ask(`look up the job ${jobId}`, answer)).state);
    },
    async cancel(jobId) {
      const answer = transport.unary(method.cancel, { jobId }, call);
      return jobStateOf((await ask(`cancel the job ${jobId}`, answer)).state);
    },
    async jobs() {
      const { jobInfo } = await ask("list the jobs", transport.unary(method.getJobs, {}, call));
      return jobInfo.map(({ jobId, jobName, state }) => ({
        jobId,
        name: jobName,
        state: jobStateOf(state),
      }));
    },
    async pipeline(jobId) {
      const answer = transport.unary(method.getPipeline, { jobId }, call);
      return (await ask(`look up the job ${jobId}`, answer)).pipeline;
    },
    metrics: (jobId) =>
      ask(
        `read the metrics of the job ${jobId}`,
        transport.unary(method.getJobMetrics, { jobId }, call),
      ),
    states: (jobId, signal) => transport.serverStream(method.getStateStream, { jobId }, { signal }),
    messages: (jobId, signal) =>
      transport.serverStream(method.getMessageStream, { jobId }, { signal }),
    close: () => transport.close(),
  };
}
