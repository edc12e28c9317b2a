import { toJsonString } from "@bufbuild/protobuf";
import type { Graph } from "../../graph/nodes.js";
import { artifactPath, pipelineRunners } from "../../jar/jar-layout.js";
import { type WrittenJar, writeExecutableJar } from "../../jar/write-executable-jar.js";
import { PipelineSchema } from "../../proto/gen/pipeline/pipeline_pb.js";
import { type Artifact, offerArtifacts } from "./artifact.js";
import { defaultOptions } from "./default-options.js";
import { environmentProto, type PortableEnvironment } from "./environment.js";
import { type PipelineOptions, pipelineOptionsStruct } from "./pipeline-options.js";
import { runnerPipeline } from "./runner-pipeline.js";
import { runnerProfile } from "./runner-profile.js";
import { WORKER_CAPABILITIES } from "./worker-capabilities.js";

export interface PipelineJarOptions {
  readonly runner: "spark" | "flink";
  /** The runner's job server with all its dependencies; without it the jar holds the pipeline alone. */
  readonly jobServerJar?: string | undefined;
  /** Where the jar should be. */
  readonly out: string;
  /** Default: the graph's name. */
  readonly jobName?: string;
  /** How the runner starts workers, wherever the jar will run. */
  readonly environment: Exclude<PortableEnvironment, { readonly kind: "loopback" }>;
  readonly artifacts: readonly Artifact[];
  /** Options of the runner; they go before what Beamline sets. */
  readonly options?: PipelineOptions;
  /** Called with a sentence for each thing that the runner will ignore. */
  readonly onWarning?: (warning: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Writes one jar that runs a pipeline on Spark or Flink: `spark-submit X.jar` anywhere. It holds
 * the job server's classes, the pipeline, its options, and the files that workers need. The same
 * inputs give the same bytes.
 */
export async function writePipelineJar(
  graph: Graph,
  options: PipelineJarOptions,
): Promise<WrittenJar> {
  const { runner, jobServerJar, out, environment, artifacts, signal, onWarning } = options;
  const { jobName = graph.name } = options;
  const profile = runnerProfile(runner);
  const stored = artifacts.map((artifact) => ({ artifact, id: idOf(artifact) }));
  const offered = await offerArtifacts(artifacts, (artifact) =>
    artifactPath(jobName, idOf(artifact)),
  );
  const { pipeline, warnings } = runnerPipeline(
    graph,
    profile,
    environmentProto(environment, {
      capabilities: WORKER_CAPABILITIES,
      dependencies: offered.map(({ information }) => information),
    }),
  );
  for (const warning of warnings) onWarning?.(warning);
  const defaults = defaultOptions(profile, graph, { loopback: false });
  const pipelineOptions = { jobName, appName: jobName, ...defaults, ...options.options };
  return await writeExecutableJar({
    jobServerJar,
    out,
    jobName,
    pipelineJson: toJsonString(PipelineSchema, pipeline),
    optionsJson: JSON.stringify(pipelineOptionsStruct(pipelineOptions)),
    artifacts: stored.map(({ artifact, id }) =>
      "path" in artifact ? { id, file: artifact.path } : { id, bytes: artifact.bytes },
    ),
    mainClass: pipelineRunners[runner],
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Names in the jar have no folders. */
function idOf({ stagedName }: Artifact): string {
  return stagedName.replaceAll("/", "--");
}
