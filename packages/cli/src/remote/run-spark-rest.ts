import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { exitCodes } from "../command/exit-code.js";
import { UsageError } from "../command/usage-error.js";
import { formatDuration } from "../run/units.js";
import { Cancellation } from "../terminal/cli.js";
import { jarEnvironment } from "./environment.js";
import { JobProgress } from "./job-progress.js";
import { clusterParallelism } from "./parallelism-of.js";
import type { RemoteRun } from "./remote-run.js";
import { type DriverStatus, hasEnded, SparkRestClient } from "./spark-rest.js";
import { type WrittenPipelineJar, writeJar } from "./write-jar.js";

const POLL_MS = 500;
/** How long a killed driver may take to end before it is left alone. */
const KILL_MS = 10_000;
const DRIVER_OPTIONS = "spark.driver.extraJavaOptions";
const WEB_PORT = "8080";

/**
 * Writes a pipeline's executable jar, submits it to a standalone Spark cluster by REST, and waits
 * for its driver to end.
 */
export async function runSparkRest(run: RemoteRun, restUrl: string): Promise<number> {
  const { pipeline, flags, cli, terminal, runner } = run;
  const environment = jarEnvironment(flags);
  const webUrl = flags.sparkWebUrl ?? webUrlBeside(restUrl);
  const signal = cli.cancellation();
  const client = new SparkRestClient(restUrl);
  const progress = new JobProgress(run, "spark");
  let submissionId: string | undefined;
  try {
    const sparkVersion = await usableVersion(client, restUrl);
    const out = resolve(cli.cwd, flags.jarOut ?? `.beamline/${pipeline.definition.name}.jar`);
    await mkdir(dirname(out), { recursive: true });
    const { jobName, runnerOption } = flags;
    const parallelism = flags.parallelism ?? (await clusterParallelism(flags, webUrl, signal));
    const jar = await writeJar(
      { pipeline, runner: "spark", out, environment, jobName, runnerOption, parallelism },
      { cli, terminal, signal },
    );
    signal.throwIfAborted();
    const { name, mainClass } = jar;
    const started = performance.now();
    submissionId = await client.create({
      appName: jobName ?? name,
      jar: pathToFileURL(out).href,
      mainClass,
      sparkVersion,
      properties: await sparkProperties(run),
    });
    if (flags.detach === true) {
      if (terminal.json) terminal.document({ pipeline: name, runner, submissionId });
      else {
        terminal.data(submissionId);
        terminal.talk(`Submitted. Its state: ${client.statusUrl(submissionId)}`);
      }
      return exitCodes.done.code;
    }
    const status = await ended(client, submissionId, signal, (now) => {
      const where = now.worker === undefined ? "" : ` on ${now.worker}`;
      if (!hasEnded(now)) progress.update(`${now.state.toLowerCase()}${where}`);
    });
    progress.end();
    signal.throwIfAborted();
    if (status.state !== "FINISHED") throw await failure(jar, submissionId, status, webUrl);
    const elapsedMs = performance.now() - started;
    if (terminal.json) {
      terminal.document({ pipeline: name, runner, state: "done", submissionId, elapsedMs });
    } else {
      const done = terminal.style.good(`Done in ${formatDuration(elapsedMs)}`);
      terminal.talk(`${done}: ${name} on spark, driver ${submissionId}`);
    }
    return exitCodes.done.code;
  } catch (error) {
    const cancelled: unknown = signal.reason;
    if (!signal.aborted || !(cancelled instanceof Cancellation)) throw error;
    if (submissionId === undefined) throw cancelled;
    const outcome = `the driver ${submissionId} was killed, and what it was writing may be left half-written`;
    throw new Cancellation(cancelled.by, outcome);
  } finally {
    progress.end();
  }
}

/** Before anything is built: is this a REST server, and of a Spark that Beam's runner is made for? */
async function usableVersion(client: SparkRestClient, restUrl: string): Promise<string> {
  const [spark, { sparkProblem }] = await Promise.all([
    client.version(),
    import("../jvm/spark-version.js"),
  ]);
  // The REST server does not tell the version of Scala; before Spark 4 it is mostly 2.12.
  const problem = sparkProblem({ spark, scala: "2.12" }, `the cluster at ${restUrl}`);
  if (problem !== undefined) throw problem;
  return spark;
}

/** The driver's JVM is started without the options that Java 17 needs. */
async function sparkProperties({ flags }: RemoteRun): Promise<Record<string, string>> {
  const { moduleOptions } = await import("../jvm/java-command.js");
  const given = Object.fromEntries(flags.sparkConf ?? []);
  const own = given[DRIVER_OPTIONS];
  return {
    ...(flags.sparkMaster === undefined ? {} : { "spark.master": flags.sparkMaster }),
    ...given,
    [DRIVER_OPTIONS]: [...moduleOptions, ...(own === undefined ? [] : [own])].join(" "),
  };
}

/** Waits for a driver's end; one that is not wanted any more is killed first. */
async function ended(
  client: SparkRestClient,
  submissionId: string,
  signal: AbortSignal,
  onStatus: (status: DriverStatus) => void,
): Promise<DriverStatus> {
  let patienceMs = Number.POSITIVE_INFINITY;
  let killed = false;
  for (;;) {
    if (signal.aborted && !killed) {
      killed = true;
      patienceMs = KILL_MS;
      await client.kill(submissionId);
    }
    const status = await client.status(submissionId);
    onStatus(status);
    if (hasEnded(status) || patienceMs <= 0) {
      return status;
    }
    // A signal that was aborted already would make this a loop without pause.
    await setTimeout(POLL_MS, undefined, killed ? {} : { signal }).catch(() => undefined);
    patienceMs -= POLL_MS;
  }
}

async function failure(
  { root }: WrittenPipelineJar,
  submissionId: string,
  status: DriverStatus,
  webUrl: string,
): Promise<Error> {
  const [{ readDriverLog }, { driverFailure }] = await Promise.all([
    import("./driver-log.js"),
    import("./driver-failure.js"),
  ]);
  const log = await readDriverLog(webUrl, submissionId);
  return driverFailure({ submissionId, status, log, root });
}

function webUrlBeside(restUrl: string): string {
  if (!URL.canParse(restUrl) || !/^https?:/.test(restUrl)) {
    throw new UsageError("submit to Spark", [
      { subject: `--spark-rest-url ${restUrl}`, message: "not a URL such as http://host:6066" },
    ]);
  }
  const url = new URL(restUrl);
  url.port = WEB_PORT;
  return url.origin;
}
