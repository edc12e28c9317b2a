import type { Graph } from "beamline";
import type { Artifact, PortableRunResult } from "beamline/runners/portable";
import { exitCodes } from "../command/exit-code.js";
import { UsageError } from "../command/usage-error.js";
import { buildGraph } from "../pipeline/build-graph.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import { Cancellation, type Cli } from "../terminal/cli.js";
import { environmentFor } from "./environment.js";
import { JobProgress } from "./job-progress.js";
import { openJobServer } from "./open-job-server.js";
import { parallelismOf } from "./parallelism-of.js";
import type { RemoteRunner } from "./remote-flags.js";
import { type RemoteRun, runnerOptions } from "./remote-run.js";
import { remoteSummary } from "./remote-summary.js";

/** Runs a pipeline on a job server, or submits it there with `--detach`. */
export async function runRemote(run: RemoteRun): Promise<number> {
  const { runner, flags, cli, terminal, pipeline } = run;
  if (flags.sparkRestUrl !== undefined) {
    if (runner !== "spark") throw wrongRunner(runner);
    const { runSparkRest } = await import("./run-spark-rest.js");
    return await runSparkRest(run, flags.sparkRestUrl);
  }
  if (flags.detach === true) return await submit(run);
  const signal = cli.cancellation();
  const environment = environmentFor(flags, "loopback");
  const { graph, artifacts } =
    environment.kind === "loopback"
      ? { graph: await buildGraph(pipeline), artifacts: [] }
      : await ship(pipeline, cli);
  const { runPortable } = await import("beamline/runners/portable");
  const closing: (() => Promise<void>)[] = [];
  try {
    const progress = new JobProgress(run, runner === "portable" ? "job" : runner);
    try {
      const result = await runPortable(graph, {
        ...submission(run, artifacts),
        environment,
        sharedFiles: environment.kind === "loopback" || isLocal(run),
        async jobEndpoint() {
          const server = await openJobServer(runner, flags, { cli, terminal, signal });
          closing.push(() => server.close());
          return server.endpoint;
        },
        code: pipeline.code,
        signal,
        onState: (state) => {
          if (!FINAL.has(state)) progress.update(state === "stopped" ? "submitted" : state);
        },
        onProgress: ({ state, counters }) => {
          if (state === "running") progress.update(state, counters);
        },
        onMessage: ({ text }) => {
          if (terminal.verbose) terminal.talk(terminal.style.faint(text.trimEnd()));
        },
      });
      progress.end();
      report(run, graph, result);
      return exitCodes.done.code;
    } finally {
      progress.end();
      for (const close of closing) await close();
    }
  } catch (error) {
    const cancelled: unknown = signal.reason;
    if (!signal.aborted || !(cancelled instanceof Cancellation)) throw error;
    // Workers elsewhere write where this process does not see it.
    if (environment.kind === "loopback") throw cancelled;
    throw new Cancellation(cancelled.by, "what the job was writing may be left half-written");
  }
}

/** What is said about these comes after the line of progress. */
const FINAL: ReadonlySet<string> = new Set(["done", "failed", "cancelled", "updated", "drained"]);

function wrongRunner(runner: RemoteRunner): UsageError {
  return new UsageError(`run on ${runner}`, [
    { subject: "--spark-rest-url", message: "is for --runner spark" },
  ]);
}

async function submit(run: RemoteRun): Promise<number> {
  const { flags, cli, terminal, pipeline, runner } = run;
  const environment = environmentFor(flags, "process");
  if (flags.jobEndpoint === undefined || environment.kind === "loopback") {
    throw new UsageError(`run ${pipeline.file} --detach`, [
      {
        subject: "--detach",
        message:
          "needs --job-endpoint, and an --environment other than loopback: both would end with this process",
      },
    ]);
  }
  const { graph, artifacts } = await ship(pipeline, cli);
  const { submitPortable } = await import("beamline/runners/portable");
  const job = await submitPortable(graph, {
    ...submission(run, artifacts),
    jobEndpoint: flags.jobEndpoint,
    environment,
  });
  if (terminal.json) terminal.document({ pipeline: graph.name, runner, ...job });
  else {
    terminal.data(job.jobId);
    terminal.talk(
      `Submitted. Follow it: beamline jobs wait ${job.jobId} --job-endpoint ${job.jobEndpoint}`,
    );
  }
  return exitCodes.done.code;
}

async function ship(pipeline: ChosenPipeline, cli: Cli) {
  const { shipPipeline } = await import("./worker-files.js");
  return await shipPipeline(pipeline, cli);
}

/** Whether the runner is a server of this run's own, whose workers see this machine's files. */
function isLocal({ flags: { jobEndpoint, sparkMaster, flinkMaster } }: RemoteRun): boolean {
  const masters = [sparkMaster ?? "local", flinkMaster ?? "[local]"];
  return jobEndpoint === undefined && masters.every((master) => /^\[?local/.test(master));
}

function submission({ runner, flags, terminal }: RemoteRun, artifacts: readonly Artifact[]) {
  return {
    runner: runner === "portable" ? ("generic" as const) : runner,
    artifacts,
    options: runnerOptions({ ...flags, parallelism: flags.parallelism ?? parallelismOf(flags) }),
    ...(flags.jobName === undefined ? {} : { jobName: flags.jobName }),
    onWarning: (warning: string) => terminal.talk(terminal.style.warn(warning)),
  };
}

function report({ runner, terminal }: RemoteRun, graph: Graph, result: PortableRunResult): void {
  if (terminal.json) {
    const { state, jobId, jobEndpoint, elapsedMs, counters } = result;
    terminal.document({
      pipeline: graph.name,
      runner,
      state,
      jobId,
      jobEndpoint,
      elapsedMs,
      counters,
    });
    return;
  }
  const { width, style } = terminal;
  terminal.talk(remoteSummary(graph.name, runner, result, { width, style }).join("\n"));
}
