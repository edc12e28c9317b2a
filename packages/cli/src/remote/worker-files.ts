import { realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import type { Graph } from "beamline";
import type { Artifact } from "beamline/runners/portable";
import { stopBundler } from "../bundle/build-bundle.js";
import { bundlePipeline, type PipelineBundle } from "../bundle/bundle-pipeline.js";
import { packageFolder } from "../bundle/package-of.js";
import { type BundleProfile, workerProfile } from "../bundle/profile.js";
import { ownVersion } from "../command/own-version.js";
import { type Problem, UsageError } from "../command/usage-error.js";
import { buildGraph } from "../pipeline/build-graph.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import type { Cli } from "../terminal/cli.js";

/** A pipeline ready to be run by workers elsewhere. */
export interface ShippedPipeline {
  /** Built from the same bundle that the workers get. */
  readonly graph: Graph;
  /** The bundle and its manifest. */
  readonly artifacts: readonly Artifact[];
  /**
   * The bundle's source map, for workers whose errors nobody maps when they come back. Its paths
   * are those within `root`.
   */
  sourceMap(): Promise<Artifact>;
  /** The pipeline's package, or the folder of its file. */
  readonly root: string;
}

/** Bundles a pipeline with all that it needs, and builds its graph from that bundle. */
export async function shipPipeline(
  pipeline: ChosenPipeline,
  cli: Cli,
  profile: BundleProfile = workerProfile,
): Promise<ShippedPipeline> {
  const { file, code } = pipeline;
  const { exportName, options } = code;
  const bundle = await bundlePipeline({
    file: pipeline.path,
    profile,
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
  const path = realpathSync(pipeline.path);
  const root = packageFolder(path) ?? dirname(path);
  return {
    graph,
    artifacts: codeArtifacts(shipped),
    sourceMap: () => sourceMapOf(bundle, root),
    root,
  };
}

const STAGED_MAP = "beamline/pipeline.mjs.map";

interface SourceMapJson {
  readonly sources: readonly string[];
}

async function sourceMapOf({ file }: PipelineBundle, root: string): Promise<Artifact> {
  const map: SourceMapJson = JSON.parse(await readFile(`${file}.map`, "utf8"));
  const sources = map.sources.map((source) => {
    const path = relative(root, resolve(dirname(file), decodeURI(source)));
    // The library in a checkout, say: no path of this machine goes along.
    if (path.startsWith("..") || isAbsolute(path)) return `node_modules/${inPackage(source)}`;
    return encodeURI(path.replaceAll(sep, "/"));
  });
  // The text of the sources stays here.
  const bytes = Buffer.from(JSON.stringify({ ...map, sources, sourcesContent: undefined }));
  return { stagedName: STAGED_MAP, bytes };
}

/** The path from the name of its package on, or else the file's name alone. */
function inPackage(source: string): string {
  const [, inside] = /.*\/node_modules\/(.*)$/.exec(source) ?? [];
  return inside ?? basename(source);
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
