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
import { elementsRead, summaryLines } from "./summary.js";
import { transformFlows } from "./transform-flows.js";

type RunFlags = FlagValues<typeof runFlags>;

/** Runs a pipeline on this machine, with progress and a summary on stderr. */
export async function runPipeline(
  pipeline: ChosenPipeline,
  flags: RunFlags,
  cli: Cli,
  terminal: Terminal,
): Promise<number> {
  const graph = await buildGraph(pipeline);
  const report = reportFor(flags, cli, terminal);
  const isStreaming = [...graph.pcollections.values()].some(({ isBounded }) => !isBounded);
  const drain = isStreaming ? new AbortController() : undefined;
  const signal = cli.cancellation(drain);
  drain?.signal.addEventListener("abort", () => {
    report.end();
    terminal.talk("Draining: sources are closed, the rest is worked off; Ctrl-C again cancels");
  });
  const patience = tellOfWaiting(signal, report, terminal);
  let last: RunProgress | undefined;
  let result: LocalRunResult;
  try {
    result = await runLocal(graph, {
      code: pipeline.code,
      signal,
      ...given("drain", drain?.signal),
      ...given("workers", flags.workers),
      ...given("memory", flags.memory),
      ...given("scratch", flags.scratch),
      ...given("profile", flags.profile),
      ...given("strictEncoding", flags.strictEncoding),
      ...given("maxAttempts", flags.maxAttempts),
      onProgress(progress) {
        last = progress;
        report.update(progress);
      },
    });
  } catch (error) {
    const cancelled = signal.reason;
    if (cancelled instanceof Cancellation && isCancelled(error)) throw cancelled;
    throw error;
  } finally {
    patience.end();
    report.end();
  }
  const profile = flags.profile === undefined ? undefined : await openProfile(result);
  const { name } = pipeline.definition;
  if (terminal.json) {
    terminal.document({
      pipeline: name,
      runner: "local",
      ...result,
      elementsRead: elementsRead(transformFlows(graph, result.transforms)),
      bytesRead: last?.bytesDone ?? 0,
      ...given("hottest", profile?.hottest.slice(0, HOTTEST)),
    });
  } else {
    const { width, style, verbose: everyStep } = terminal;
    const lines = summaryLines(graph, result, last, { width, style, everyStep });
    lines.push(...(profile?.lines(cli.cwd, { width, style }) ?? []));
    terminal.talk(lines.join("\n"));
  }
  return exitCodes.done.code;
}

/** What reads profiles is loaded where there are any: every other command starts without it. */
async function openProfile({ profiles }: LocalRunResult) {
  const [{ readProfiles }, { profileLines }] = await Promise.all([
    import("./read-profiles.js"),
    import("./profile-lines.js"),
  ]);
  const hottest = readProfiles(profiles);
  return {
    hottest,
    lines: (cwd: string, page: Parameters<typeof profileLines>[3]) =>
      profileLines(profiles, hottest, cwd, page),
  };
}

/** Functions in the JSON document of a run that was profiled. */
const HOTTEST = 50;

/** How long a cancelled run may take to end before people wonder. */
const PATIENCE_MS = 400;

/** Says what is going on where user code takes its time to notice that it is cancelled. */
function tellOfWaiting(signal: AbortSignal, report: ProgressReport, terminal: Terminal) {
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    report.end();
    terminal.talk("Cancelling: waiting for running functions; Ctrl-C again ends it at once");
  };
  const start = () => {
    timer = setTimeout(tell, PATIENCE_MS);
  };
  signal.addEventListener("abort", start, { once: true });
  return {
    end() {
      clearTimeout(timer);
      signal.removeEventListener("abort", start);
    },
  };
}

function isCancelled(error: unknown): boolean {
  return error instanceof BeamlineError && error.code === "CANCELLED";
}

function reportFor(
  { progress = "auto" }: RunFlags,
  { stderr, env }: Cli,
  terminal: Terminal,
): ProgressReport {
  if (progress === "none" || !terminal.talks) return noReport;
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
