import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { FlagValues } from "../command/command.js";
import { exitCodes } from "../command/exit-code.js";
import type { jarFlags } from "../commands/jar/jar-flags.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import { formatBytes, formatDuration } from "../run/units.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { shortPath } from "../text/short-path.js";
import { jarEnvironment } from "./environment.js";
import { writeJar } from "./write-jar.js";

/** Writes the executable jar of a pipeline, and says how it is run. */
export async function makeJar(
  pipeline: ChosenPipeline,
  flags: FlagValues<typeof jarFlags>,
  cli: Cli,
  terminal: Terminal,
): Promise<number> {
  const { runner = "spark", jobName, runnerOption, parallelism, jobServerJar, thin } = flags;
  const signal = cli.cancellation();
  const environment = jarEnvironment(flags);
  const out = resolve(cli.cwd, flags.out ?? `${pipeline.definition.name}.jar`);
  await mkdir(dirname(out), { recursive: true });
  const { name, mainClass, size, elapsedMs } = await writeJar(
    { pipeline, runner, out, environment, jobName, runnerOption, parallelism, jobServerJar, thin },
    { cli, terminal, signal },
  );
  if (terminal.json) {
    terminal.document({ pipeline: name, runner, jar: out, size, mainClass, elapsedMs });
    return exitCodes.done.code;
  }
  terminal.data(out);
  const beside = thin === true ? `--class ${mainClass} --jars JOB-SERVER.jar` : "";
  const start =
    runner === "spark" ? `spark-submit ${beside}`.trim() : `flink run --class ${mainClass}`;
  const written = terminal.style.good(`Written in ${formatDuration(elapsedMs)}`);
  terminal.talk(`${written}: ${formatBytes(size)}. Run it: ${start} ${shortPath(out, cli.cwd)}`);
  return exitCodes.done.code;
}
