import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { FlagValues } from "../command/command.js";
import { exitCodes } from "../command/exit-code.js";
import type { jarFlags } from "../commands/jar/jar-flags.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import { formatBytes, formatDuration } from "../run/units.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { jarEnvironment } from "./environment.js";
import { runnerOptions } from "./remote-run.js";
import { shipPipeline } from "./worker-files.js";

/** Writes the executable jar of a pipeline. */
export async function makeJar(
  pipeline: ChosenPipeline,
  flags: FlagValues<typeof jarFlags>,
  cli: Cli,
  terminal: Terminal,
): Promise<number> {
  const { runner = "spark" } = flags;
  const signal = cli.cancellation();
  const environment = jarEnvironment(flags);
  const { graph, artifacts } = await shipPipeline(pipeline, cli);
  const [{ ensureJobServerJar }, { writePipelineJar }, { pipelineRunners }] = await Promise.all([
    import("../jvm/job-server-jar.js"),
    import("beamline/runners/portable"),
    import("beamline/jar"),
  ]);
  const jobServerJar =
    flags.jobServerJar === undefined
      ? await ensureJobServerJar(runner, {
          env: cli.env,
          signal,
          onProgress: (text) => terminal.progress(text),
        })
      : resolve(cli.cwd, flags.jobServerJar);
  terminal.progress(undefined);
  const out = resolve(cli.cwd, flags.out ?? `${graph.name}.jar`);
  const started = performance.now();
  await writePipelineJar(graph, {
    runner,
    jobServerJar,
    out,
    environment,
    artifacts,
    options: runnerOptions(flags.runnerOption),
    ...(flags.jobName === undefined ? {} : { jobName: flags.jobName }),
    onWarning: (warning) => terminal.talk(terminal.style.warn(warning)),
    signal,
  });
  const elapsedMs = performance.now() - started;
  const { size } = await stat(out);
  const mainClass = pipelineRunners[runner];
  if (terminal.json) {
    terminal.document({ pipeline: graph.name, runner, jar: out, size, mainClass, elapsedMs });
    return exitCodes.done.code;
  }
  terminal.data(out);
  const start =
    runner === "spark"
      ? `spark-submit --class ${mainClass} ${flags.out ?? `${graph.name}.jar`}`
      : `flink run --class ${mainClass} ${flags.out ?? `${graph.name}.jar`}`;
  terminal.talk(
    `${terminal.style.good(`Written in ${formatDuration(elapsedMs)}`)}: ${formatBytes(size)}. Run it: ${start}`,
  );
  return exitCodes.done.code;
}
