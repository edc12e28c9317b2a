import { resolve } from "node:path";
import type { PortableEnvironment } from "beamline/runners/portable";
import type { JobServerKind } from "../jvm/job-server-jar.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { runnerOptions } from "./remote-run.js";
import { shipPipeline } from "./worker-files.js";

export interface PipelineJar {
  readonly pipeline: ChosenPipeline;
  readonly runner: JobServerKind;
  /** Absolute. */
  readonly out: string;
  readonly environment: Exclude<PortableEnvironment, { readonly kind: "loopback" }>;
  readonly jobName: string | undefined;
  readonly runnerOption: readonly (readonly [string, string])[] | undefined;
  readonly parallelism?: number | undefined;
  /** Default: the one in the user's cache. */
  readonly jobServerJar?: string | undefined;
  /** Leave the job server out: its jar lies beside this one, wherever that runs. */
  readonly thin?: boolean | undefined;
}

export interface WrittenPipelineJar {
  /** The pipeline's name. */
  readonly name: string;
  readonly mainClass: string;
  /** In bytes. */
  readonly size: number;
  /** From the bundle of the job server at hand to the jar. */
  readonly elapsedMs: number;
  /** What the paths in workers' errors are relative to. */
  readonly root: string;
}

/** Writes the executable jar of a pipeline. */
export async function writeJar(
  jar: PipelineJar,
  { cli, terminal, signal }: { cli: Cli; terminal: Terminal; signal: AbortSignal },
): Promise<WrittenPipelineJar> {
  const { pipeline, runner, out, environment, jobName } = jar;
  const { graph, artifacts, sourceMap, root } = await shipPipeline(pipeline, cli);
  const [{ ensureJobServerJar }, { writePipelineJar }] = await Promise.all([
    import("../jvm/job-server-jar.js"),
    import("beamline/runners/portable"),
  ]);
  const findJobServer = () =>
    jar.jobServerJar === undefined
      ? ensureJobServerJar(runner, {
          env: cli.env,
          signal,
          onProgress: (text) => terminal.progress(text),
        })
      : resolve(cli.cwd, jar.jobServerJar);
  const jobServerJar = jar.thin === true ? undefined : await findJobServer();
  terminal.progress(undefined);
  const started = performance.now();
  const { size, mainClass } = await writePipelineJar(graph, {
    runner,
    jobServerJar,
    out,
    environment,
    artifacts: [...artifacts, await sourceMap()],
    options: runnerOptions(jar),
    ...(jobName === undefined ? {} : { jobName }),
    onWarning: (warning) => terminal.talk(terminal.style.warn(warning)),
    signal,
  });
  return { name: graph.name, mainClass, size, elapsedMs: performance.now() - started, root };
}
