import type { JsonObject } from "@bufbuild/protobuf";
import type { Graph } from "../../graph/nodes.js";
import { BeamlineError } from "../../model/errors.js";
import { type OfferedArtifact, offerArtifacts } from "./artifact.js";
import { defaultOptions } from "./default-options.js";
import { environmentProto, type PortableEnvironment } from "./environment.js";
import type { JobClient } from "./job-client.js";
import { pipelineOptionsStruct } from "./pipeline-options.js";
import type { PortableSubmitOptions } from "./run-options.js";
import { type RunnerPipeline, runnerPipeline } from "./runner-pipeline.js";
import { type RunnerProfile, runnerProfile } from "./runner-profile.js";
import { stageArtifacts } from "./stage-artifacts.js";
import { WORKER_CAPABILITIES } from "./worker-capabilities.js";

interface SubmissionOptions extends PortableSubmitOptions {
  /** As the caller named it. Default: `loopback`. */
  readonly environment?: PortableEnvironment;
}

/** A job on its way to a server. */
export class Submission {
  readonly graph: Graph;
  readonly profile: RunnerProfile;
  private readonly options: SubmissionOptions;

  constructor(graph: Graph, options: SubmissionOptions) {
    this.graph = graph;
    this.options = options;
    this.profile = runnerProfile(options.runner ?? "generic");
  }

  /**
   * Throws `UNSUPPORTED_BY_RUNNER` for a pipeline that the runner can't run, and
   * `UNSUPPORTED_ENVIRONMENT` for workers that it can't start. Needs no server.
   */
  checkCapabilities(environment: PortableEnvironment): void {
    const { title, noEnvironments } = this.profile;
    if (noEnvironments.includes(environment.kind)) {
      throw new BeamlineError(
        "UNSUPPORTED_ENVIRONMENT",
        `Cannot run the pipeline on ${title}: it starts no workers in a ${environment.kind} environment; use loopback workers, in this process`,
      );
    }
    const { warnings } = this.pipelineFor({ kind: "external", address: "" }, []);
    for (const warning of warnings) this.options.onWarning?.(warning);
  }

  /**
   * Hands the pipeline and its artifacts over, and starts the job. Resolves with its id.
   *
   * @param beforeStart - Runs when the server has taken everything.
   */
  async start(
    client: JobClient,
    environment: Exclude<PortableEnvironment, { kind: "loopback" }>,
    beforeStart: () => Promise<void>,
  ): Promise<string> {
    const { signal, artifacts = [] } = this.options;
    const offered = await offerArtifacts(artifacts);
    signal?.throwIfAborted();
    const prepared = await client.prepare(
      this.jobName,
      this.pipelineFor(environment, offered).pipeline,
      this.runnerOptions,
    );
    signal?.throwIfAborted();
    const staging = this.options.artifactEndpoint ?? prepared.stagingEndpoint;
    if (staging !== undefined) await this.stage(client, staging, prepared.stagingToken, offered);
    signal?.throwIfAborted();
    await beforeStart();
    return await client.run(prepared);
  }

  /** The runner's defaults for these workers, and what the user wants otherwise. */
  get runnerOptions(): JsonObject {
    const { environment, options } = this.options;
    const loopback = environment === undefined || environment.kind === "loopback";
    return pipelineOptionsStruct({
      jobName: this.jobName,
      appName: this.jobName,
      ...defaultOptions(this.profile, this.graph, { loopback }),
      ...options,
    });
  }

  private get jobName(): string {
    return this.options.jobName ?? this.graph.name;
  }

  private async stage(
    client: JobClient,
    endpoint: string,
    token: string,
    offered: readonly OfferedArtifact[],
  ): Promise<void> {
    const { signal } = this.options;
    const transport = client.network.connect(endpoint);
    try {
      await stageArtifacts(transport, token, offered, signal === undefined ? {} : { signal });
    } finally {
      transport.close();
    }
  }

  private pipelineFor(
    environment: Exclude<PortableEnvironment, { kind: "loopback" }>,
    offered: readonly OfferedArtifact[],
  ): RunnerPipeline {
    const proto = environmentProto(environment, {
      capabilities: WORKER_CAPABILITIES,
      dependencies: offered.map(({ information }) => information),
    });
    return runnerPipeline(this.graph, this.profile, proto);
  }
}
