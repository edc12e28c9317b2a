import { BeamlineError } from "beamline";
import { type LocalRunResult, type RunProgress, runLocal } from "beamline/runners/local";
import type { FlagValues } from "../command/command.js";
import { exitCodes } from "../command/exit-code.js";
import type { runFlags } from "../commands/run-flags.js";
import { buildGraph } from "../pipeline/build-graph.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import { Cancellation, type Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { liveReport, noReport, type ProgressReport, plainReport } from "./progress-report.js";
import { summaryLines } from "./summary.js";

type RunFlags = FlagValues<typeof runFlags>;

/** Runs a pipeline on this machine, with progress and a summary on stderr. */
export async function runPipeline(
  pipeline: ChosenPipeline,
  flags: RunFlags & { readonly quiet?: boolean | undefined },
  cli: Cli,
  terminal: Terminal,
): Promise<number> {
  const graph = await buildGraph(pipeline);
  const report = reportFor(flags, cli, terminal);
  const signal = cli.cancellation();
  let last: RunProgress | undefined;
  let result: LocalRunResult;
  try {
    result = await runLocal(graph, {
      code: pipeline.code,
      signal,
      ...given("workers", flags.workers),
      ...given("strictEncoding", flags.strictEncoding),
      ...given("maxAttempts", flags.maxAttempts),
      onProgress(progress) {
        last = progress;
        report.update(progress);
      },
    });
  } catch (error) {
    report.end();
    const cancelled = signal.reason;
    if (cancelled instanceof Cancellation && isCancelled(error)) throw cancelled;
    throw error;
  }
  report.end();
  const { name } = pipeline.definition;
  if (terminal.json) {
    const { elements = 0, bytesDone = 0 } = last ?? {};
    terminal.document({ pipeline: name, runner: "local", elements, bytes: bytesDone, ...result });
  } else {
    const { width, style, verbose: everyStep } = terminal;
    terminal.talk(summaryLines(graph, result, last, { width, style, everyStep }).join("\n"));
  }
  return exitCodes.done.code;
}

function isCancelled(error: unknown): boolean {
  return error instanceof BeamlineError && error.code === "CANCELLED";
}

function reportFor(
  { progress = "auto", quiet }: RunFlags & { readonly quiet?: boolean | undefined },
  { stderr, env }: Cli,
  terminal: Terminal,
): ProgressReport {
  if (progress === "none" || quiet === true || terminal.json) return noReport;
  const live = progress === "auto" && stderr.isTerminal && env.TERM !== "dumb";
  return live ? liveReport(stderr, terminal.style) : plainReport(stderr);
}

/** An option that was not given is not there, rather than undefined. */
function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]: Value });
}
