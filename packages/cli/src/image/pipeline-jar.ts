import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { PortableEnvironment } from "beamline/runners/portable";
import { imageProfile, workerProfile } from "../bundle/profile.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import { runnerOptions } from "../remote/remote-run.js";
import { shipPipeline } from "../remote/worker-files.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";

export interface ThinJarOptions {
  readonly cli: Cli;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Where the jar should be. */
  readonly out: string;
  /** Default: the pipeline's name. */
  readonly jobName?: string | undefined;
  readonly runnerOption?: readonly (readonly [string, string])[] | undefined;
  /** Tasks that the runner should plan for. Default: what the runner has. */
  readonly parallelism?: number | undefined;
  /** Default: the boot program at its place in the worker image. */
  readonly environment?: Exclude<PortableEnvironment, { readonly kind: "loopback" }>;
}

export interface ThinJar {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Of the jar, in hex: changes with the code, its options, and the runner's. */
  readonly sha256: string;
  readonly mainClass: string;
  /** The pipeline's name. */
  readonly name: string;
  /** SHA-256 of the code that workers run, in hex. */
  readonly codeDigest: string;
  /** The bundle's source map, which is in the jar, too. */
  readonly sourceMap: Uint8Array;
  /** What the paths in the source map, and in workers' errors, are relative to. */
  readonly root: string;
}

/** Where the worker image has the boot program, by Beam's convention. */
export const BOOT = "/opt/apache/beam/boot";

/**
 * Writes a jar of the pipeline alone, for class paths that have the Spark job server's jar already:
 * small, so that a change of code is quick to upload. The same pipeline and options give the same
 * bytes.
 */
export async function writeThinJar(
  pipeline: ChosenPipeline,
  options: ThinJarOptions,
): Promise<ThinJar> {
  const { cli, terminal, signal, out, jobName, runnerOption } = options;
  const profile = options.environment === undefined ? imageProfile : workerProfile;
  const { graph, artifacts, sourceMap, root } = await shipPipeline(pipeline, cli, profile);
  const { writePipelineJar } = await import("beamline/runners/portable");
  const map = await sourceMap();
  const { mainClass, size } = await writePipelineJar(graph, {
    runner: "spark",
    out,
    environment: options.environment ?? { kind: "process", command: BOOT },
    artifacts: [...artifacts, map],
    options: runnerOptions({ runnerOption, parallelism: options.parallelism }),
    ...(jobName === undefined ? {} : { jobName }),
    onWarning: (warning) => terminal.talk(terminal.style.warn(warning)),
    signal,
  });
  const code = createHash("sha256");
  for (const artifact of artifacts) {
    code.update("path" in artifact ? await readFile(artifact.path) : artifact.bytes);
  }
  return {
    path: out,
    size,
    sha256: createHash("sha256")
      .update(await readFile(out))
      .digest("hex"),
    mainClass,
    name: graph.name,
    codeDigest: code.digest("hex"),
    sourceMap: "path" in map ? await readFile(map.path) : map.bytes,
    root,
  };
}
