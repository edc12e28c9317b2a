import type { Graph } from "../../graph/nodes.js";
import { graphToProto } from "../../graph/proto/graph-to-proto.js";
import type { Pipeline } from "../../proto/gen/pipeline/pipeline_pb.js";
import { type OfferedArtifact, offerArtifacts } from "./artifact.js";
import { checkCapabilities } from "./capabilities/check-capabilities.js";
import { environmentProto, type PortableEnvironment } from "./environment.js";
import { expandSplittable } from "./expand-splittable.js";
import type { JobClient } from "./job-client.js";
import { pipelineOptionsStruct } from "./pipeline-options.js";
import type { PortableSubmitOptions } from "./run-options.js";
import { type RunnerProfile, runnerProfile } from "./runner-profile.js";
import { stageArtifacts } from "./stage-artifacts.js";
import { WORKER_CAPABILITIES } from "./worker-capabilities.js";

/** A job on its way to a server. */
export class Submission {
  readonly graph: Graph;
  readonly profile: RunnerProfile;
  private readonly options: PortableSubmitOptions;

  constructor(graph: Graph, options: PortableSubmitOptions) {
    this.graph = graph;
    this.options = options;
    this.profile = runnerProfile(options.runner ?? "generic");
  }

  /** Throws `UNSUPPORTED_BY_RUNNER` for a pipeline that the runner can't run. Needs no server. */
  checkCapabilities(): void {
    const pipeline = this.pipelineFor({ kind: "external", address: "" }, []);
    const warnings = checkCapabilities(pipeline, this.profile);
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
      this.runnersPipeline(environment, offered),
      pipelineOptionsStruct({
        jobName: this.jobName,
        appName: this.jobName,
        ...this.profile.options,
        ...this.options.options,
      }),
    );
    signal?.throwIfAborted();
    const staging = this.options.artifactEndpoint ?? prepared.stagingEndpoint;
    if (staging !== undefined) await this.stage(client, staging, prepared.stagingToken, offered);
    signal?.throwIfAborted();
    await beforeStart();
    return await client.run(prepared);
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

  private runnersPipeline(
    environment: Exclude<PortableEnvironment, { kind: "loopback" }>,
    offered: readonly OfferedArtifact[],
  ): Pipeline {
    const pipeline = this.pipelineFor(environment, offered);
    return this.profile.expandSplittable ? expandSplittable(pipeline) : pipeline;
  }

  private pipelineFor(
    environment: Exclude<PortableEnvironment, { kind: "loopback" }>,
    offered: readonly OfferedArtifact[],
  ): Pipeline {
    const proto = environmentProto(environment, {
      capabilities: WORKER_CAPABILITIES,
      dependencies: offered.map(({ information }) => information),
    });
    return graphToProto(this.graph, proto);
  }
}
