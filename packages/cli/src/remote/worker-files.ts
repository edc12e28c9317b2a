import type { Graph } from "beamline";
import type { Artifact } from "beamline/runners/portable";
import { stopBundler } from "../bundle/build-bundle.js";
import { bundlePipeline } from "../bundle/bundle-pipeline.js";
import { workerProfile } from "../bundle/profile.js";
import { type Problem, UsageError } from "../command/usage-error.js";
import { ownVersion } from "../own-version.js";
import { buildGraph } from "../pipeline/build-graph.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import type { Cli } from "../terminal/cli.js";

/** A pipeline ready to be run by workers elsewhere. */
export interface ShippedPipeline {
  /** Built from the same bundle that the workers get. */
  readonly graph: Graph;
  /** The bundle and its manifest. */
  readonly artifacts: readonly Artifact[];
}

/** Bundles a pipeline with all that it needs, and builds its graph from that bundle. */
export async function shipPipeline(pipeline: ChosenPipeline, cli: Cli): Promise<ShippedPipeline> {
  const { file, code } = pipeline;
  const { exportName, options } = code;
  const bundle = await bundlePipeline({
    file: pipeline.path,
    profile: workerProfile,
    env: cli.env,
  });
  if (!bundle.reused) await stopBundler();
  const problems = [...bundle.external.map(notBundled), ...notJson(options)];
  if (problems.length > 0) throw new UsageError(`ship ${file} to workers`, problems);

  const module: Readonly<Record<string, unknown>> = await import(bundle.url);
  const definition = module[exportName] as ChosenPipeline["definition"];
  const graph = await buildGraph({ ...pipeline, definition });
  const { codeArtifacts } = await import("beamline/runners/portable");
  const shipped = { graph, bundle: bundle.file, exportName, options, version: ownVersion() };
  return { graph, artifacts: codeArtifacts(shipped) };
}

function notBundled(packageName: string): Problem {
  return {
    subject: packageName,
    message: "has native code, which cannot be shipped; leave it out of what workers run",
  };
}

/** Options travel as JSON, which has neither dates nor bigints. */
function notJson(options: Readonly<Record<string, unknown>>): Problem[] {
  return Object.entries(options).flatMap(([name, value]) =>
    value instanceof Date || typeof value === "bigint"
      ? [
          {
            subject: name,
            message: "is not JSON; make it a string option, and convert it in build()",
          },
        ]
      : [],
  );
}
