import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { BeamlineError } from "beamline";
import { exitCodes } from "../command/exit-code.js";
import { formatDuration } from "../run/units.js";
import { Cancellation } from "../terminal/cli.js";
import { jarEnvironment } from "./environment.js";
import { type RemoteRun, runnerOptions } from "./remote-run.js";
import { type DriverStatus, SparkRestClient } from "./spark-rest.js";
import { shipPipeline } from "./worker-files.js";

const POLL_MS = 1_000;
const SPARK_VERSION = "3.5.3";

/**
 * Writes a pipeline's executable jar, submits it to a standalone Spark cluster by REST, and waits
 * for its driver to end.
 */
export async function runSparkRest(run: RemoteRun, restUrl: string): Promise<number> {
  const { pipeline, flags, cli, terminal } = run;
  const signal = cli.cancellation();
  const [{ ensureJobServerJar }, { moduleOptions }, { writePipelineJar }, { pipelineRunners }] =
    await Promise.all([
      import("../jvm/job-server-jar.js"),
      import("../jvm/java-command.js"),
      import("beamline/runners/portable"),
      import("beamline/jar"),
    ]);
  const environment = jarEnvironment(flags);
  const { graph, artifacts } = await shipPipeline(pipeline, cli);
  const jar = resolve(cli.cwd, flags.jarOut ?? `.beamline/${graph.name}.jar`);
  await mkdir(dirname(jar), { recursive: true });
  await writePipelineJar(graph, {
    runner: "spark",
    jobServerJar: await ensureJobServerJar("spark", {
      env: cli.env,
      signal,
      onProgress: (text) => terminal.progress(text),
    }),
    out: jar,
    environment,
    artifacts,
    options: runnerOptions(flags.runnerOption),
    ...(flags.jobName === undefined ? {} : { jobName: flags.jobName }),
    onWarning: (warning) => terminal.talk(terminal.style.warn(warning)),
    signal,
  });
  const client = new SparkRestClient(restUrl);
  const started = performance.now();
  const opened = moduleOptions.join(" ");
  const submissionId = await client.create({
    appName: flags.jobName ?? graph.name,
    jar: pathToFileURL(jar).href,
    mainClass: pipelineRunners.spark,
    sparkVersion: SPARK_VERSION,
    properties: {
      ...(flags.sparkMaster === undefined ? {} : { "spark.master": flags.sparkMaster }),
      "spark.driver.extraJavaOptions": opened,
      "spark.executor.extraJavaOptions": opened,
      ...Object.fromEntries(flags.sparkConf ?? []),
    },
  });
  try {
    if (flags.detach === true) {
      if (terminal.json) terminal.document({ pipeline: graph.name, runner: "spark", submissionId });
      else terminal.data(submissionId);
      return exitCodes.done.code;
    }
    const status = await ended(client, submissionId, signal, ({ state, worker }) =>
      terminal.progress(`spark: ${state}${worker === undefined ? "" : ` on ${worker}`}`),
    );
    terminal.progress(undefined);
    const elapsedMs = performance.now() - started;
    if (status.state !== "FINISHED") throw driverFailed(submissionId, status);
    if (terminal.json) {
      terminal.document({
        pipeline: graph.name,
        runner: "spark",
        state: "done",
        submissionId,
        elapsedMs,
      });
    } else {
      const done = terminal.style.good(`Done in ${formatDuration(elapsedMs)}`);
      terminal.talk(`${done}: ${graph.name} on spark, driver ${submissionId}`);
    }
    return exitCodes.done.code;
  } catch (error) {
    terminal.progress(undefined);
    const cancelled: unknown = signal.reason;
    if (!(signal.aborted && cancelled instanceof Cancellation)) throw error;
    await client.kill(submissionId);
    throw cancelled;
  }
}

async function ended(
  client: SparkRestClient,
  submissionId: string,
  signal: AbortSignal,
  onStatus: (status: DriverStatus) => void,
): Promise<DriverStatus> {
  for (;;) {
    const status = await client.status(submissionId);
    onStatus(status);
    switch (status.state) {
      case "SUBMITTED":
      case "RUNNING":
      case "RELAUNCHING":
      case "UNKNOWN":
        await setTimeout(POLL_MS, undefined, { signal });
        break;
      case "FINISHED":
      case "KILLED":
      case "FAILED":
      case "ERROR":
      case "NOT_FOUND":
        return status;
    }
  }
}

function driverFailed(
  submissionId: string,
  { state, worker, message }: DriverStatus,
): BeamlineError {
  const where = worker === undefined ? "the cluster's worker" : `the worker ${worker}`;
  const why = message === undefined || message === "" ? "" : `, ${message}`;
  return new BeamlineError(
    "SPARK_DRIVER_FAILED",
    `Cannot finish the job: its driver ${submissionId} ended as ${state}${why}; its log is in the work folder of ${where}, under ${submissionId}/stderr`,
    { origin: "remote" },
  );
}
