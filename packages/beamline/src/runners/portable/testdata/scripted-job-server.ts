import { create, fromBinary, type JsonObject } from "@bufbuild/protobuf";
import {
  ArtifactStagingService,
  type ArtifactResponseWrapper,
} from "../../../proto/gen/job-management/artifact_pb.js";
import {
  JobMessage_MessageImportance as Importance,
  JobService,
  JobState_Enum,
} from "../../../proto/gen/job-management/job_pb.js";
import {
  type ArtifactInformation,
  ArtifactStagingToRolePayloadSchema,
} from "../../../proto/gen/pipeline/artifacts_pb.js";
import {
  type MonitoringInfo,
  MonitoringInfoSchema,
} from "../../../proto/gen/pipeline/metrics_pb.js";
import type { Pipeline } from "../../../proto/gen/pipeline/pipeline_pb.js";
import { createMemoryNetwork } from "../../../transport/memory/memory-network.js";
import { bindService } from "../../../transport/service.js";
import type { Network } from "../../../transport/transport.js";
import { TransportError } from "../../../transport/transport-error.js";

export type Step =
  | { readonly kind: "state"; readonly state: keyof typeof JobState_Enum }
  | { readonly kind: "message"; readonly text: string; readonly isError: boolean }
  /** The stream breaks here, once; the next one starts from the beginning. */
  | { readonly kind: "break" }
  /** Goes on when the job is cancelled. */
  | { readonly kind: "until-cancelled" };

export const state = (name: keyof typeof JobState_Enum): Step => ({ kind: "state", state: name });
export const info = (text: string): Step => ({ kind: "message", text, isError: false });
export const error = (text: string): Step => ({ kind: "message", text, isError: true });

export interface Script {
  readonly steps: readonly Step[];
  readonly attempted?: readonly MonitoringInfo[];
  readonly committed?: readonly MonitoringInfo[];
}

/** A job server that does as a script says, and remembers what it was told. */
export interface ScriptedJobServer {
  readonly network: Network;
  readonly jobEndpoint: string;
  /** Names of the calls that change something, in order. */
  readonly calls: readonly string[];
  readonly pipeline: Pipeline | undefined;
  readonly pipelineOptions: JsonObject | undefined;
  /** By staged name. */
  readonly staged: ReadonlyMap<string, Buffer>;
  close(): Promise<void>;
}

export async function startScriptedJobServer(script: Script): Promise<ScriptedJobServer> {
  const network = createMemoryNetwork();
  const jobEndpoint = "jobs.test:8099";
  const calls: string[] = [];
  const staged = new Map<string, Buffer>();
  const taken: { pipeline?: Pipeline; options?: JsonObject } = {};
  const broken = new Set<string>();
  let cancel: () => void = () => undefined;
  const cancelled = new Promise<void>((resolve) => {
    cancel = resolve;
  });

  async function* play(stream: string): AsyncIterable<Step> {
    for (const [i, step] of script.steps.entries()) {
      if (step.kind === "until-cancelled") await cancelled;
      if (step.kind === "break" && !broken.has(`${stream} ${i}`)) {
        broken.add(`${stream} ${i}`);
        throw new TransportError("unavailable", "the connection was lost");
      }
      yield step;
    }
  }

  const jobs = bindService(JobService, {
    prepare: ({ pipeline, pipelineOptions, jobName }) => {
      calls.push(`prepare ${jobName}`);
      if (pipeline !== undefined) taken.pipeline = pipeline;
      if (pipelineOptions !== undefined) taken.options = pipelineOptions;
      return {
        preparationId: "prepared",
        artifactStagingEndpoint: { url: jobEndpoint },
        stagingSessionToken: "token",
      };
    },
    run: ({ preparationId }) => {
      calls.push(`run ${preparationId}`);
      return { jobId: "job-1" };
    },
    getState: ({ jobId }) => {
      requireJob(jobId);
      return { state: JobState_Enum.RUNNING };
    },
    cancel: ({ jobId }) => {
      requireJob(jobId);
      calls.push(`cancel ${jobId}`);
      cancel();
      return { state: JobState_Enum.CANCELLING };
    },
    getJobs: () => ({
      jobInfo: [{ jobId: "job-1", jobName: "one", state: JobState_Enum.RUNNING }],
    }),
    getPipeline: () => (taken.pipeline === undefined ? {} : { pipeline: taken.pipeline }),
    getJobMetrics: () => ({
      metrics: { attempted: [...(script.attempted ?? [])], committed: [...(script.committed ?? [])] },
    }),
    getStateStream: async function* ({ jobId }) {
      requireJob(jobId);
      for await (const step of play("states")) {
        if (step.kind === "state") yield { state: JobState_Enum[step.state] };
      }
    },
    getMessageStream: async function* ({ jobId }) {
      requireJob(jobId);
      for await (const step of play("messages")) {
        if (step.kind !== "message") continue;
        const importance = step.isError ? Importance.JOB_MESSAGE_ERROR : Importance.JOB_MESSAGE_BASIC;
        const value = { messageText: step.text, importance };
        yield { response: { case: "messageResponse" as const, value } };
      }
    },
  });

  // Asks for what the environments name, as Java's and Python's servers do.
  const staging = bindService(ArtifactStagingService, {
    reverseArtifactRetrievalService: async ({ messages, send }) => {
      const answers = messages[Symbol.asyncIterator]();
      const next = async (): Promise<ArtifactResponseWrapper> => {
        const answer = await answers.next();
        if (answer.done === true) throw new TransportError("cancelled", "the client has ended");
        return answer.value;
      };
      calls.push(`stage ${(await next()).stagingToken}`);
      const environments = Object.values(taken.pipeline?.components?.environments ?? {});
      const artifacts = environments.flatMap(({ dependencies }) => dependencies);
      void send({ request: { case: "resolveArtifact", value: { artifacts } } });
      const { response } = await next();
      const resolved =
        response.case === "resolveArtifactResponse" ? response.value.replacements : [];
      for (const artifact of resolved) {
        void send({ request: { case: "getArtifact", value: { artifact } } });
        const chunks: Uint8Array[] = [];
        for (;;) {
          const answer = await next();
          // Like Prism, which does not look at the data of the last one.
          if (answer.isLast) break;
          if (answer.response.case === "getArtifactResponse") {
            chunks.push(answer.response.value.data);
          }
        }
        staged.set(stagedNameOf(artifact), Buffer.concat(chunks));
      }
    },
  });

  const server = await network.listen(jobEndpoint, [jobs, staging]);
  return {
    network,
    jobEndpoint,
    calls,
    staged,
    get pipeline() {
      return taken.pipeline;
    },
    get pipelineOptions() {
      return taken.options;
    },
    close: () => server.close(),
  };
}

/** A user's counter, as runners report it. */
export function counter(transform: string, name: string, value: number): MonitoringInfo {
  const payload: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest < 0x80n) {
      payload.push(low);
      break;
    }
    payload.push(low | 0x80);
  }
  return create(MonitoringInfoSchema, {
    urn: "beam:metric:user:sum_int64:v1",
    type: "beam:metrics:sum_int64:v1",
    labels: { PTRANSFORM: transform, NAMESPACE: "beamline", NAME: name },
    payload: Uint8Array.from(payload),
  });
}

function requireJob(jobId: string): void {
  if (jobId !== "job-1") throw new TransportError("not-found", `no job ${jobId}`);
}

function stagedNameOf({ rolePayload }: ArtifactInformation): string {
  return fromBinary(ArtifactStagingToRolePayloadSchema, rolePayload).stagedName;
}
