import { setTimeout } from "node:timers/promises";
import { BeamlineError } from "beamline";
import { ageOf } from "../app/app-lines.js";
import { loggedProgress } from "../app/metrics/app-progress.js";
import { metricsLines } from "../app/metrics/metrics-lines.js";
import { executorTime, type SparkProgress } from "../app/metrics/spark-progress.js";
import { podsOf } from "../app/pods.js";
import { sourceRoot } from "../app/source-root.js";
import type { SparkApplicationObject } from "../app/spark-application.js";
import type { Storage } from "../app/storage.js";
import { exitCodes } from "../command/exit-code.js";
import { diagnoseApp } from "../doctor/diagnosis/app-diagnosis.js";
import { diagnosisContext } from "../doctor/diagnosis/diagnosis-context.js";
import { findingLines } from "../doctor/diagnosis/finding-lines.js";
import type { KubeClient } from "../kube/client.js";
import { formatDuration } from "../run/units.js";
import { Cancellation, type Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { lifeWords } from "./lifecycle.js";
import { type Watched, watchApp } from "./watch-app.js";
import { type ProgressKind, watchReport } from "./watch-report.js";

export interface FollowRequest {
  readonly client: KubeClient;
  /** The application as it was when it was applied. */
  readonly object: SparkApplicationObject;
  /** The pipeline's file as it was typed, where that is known. */
  readonly file: string | undefined;
  /** Where the pipeline's sources are; default: the package that people are in. */
  readonly root?: string | undefined;
  readonly progress: ProgressKind;
  /** Seconds; default: 180. */
  readonly patience?: number | undefined;
  readonly open: (bucket: string) => Promise<Storage>;
  /** More for the document that `--json` prints. */
  readonly about?: Readonly<Record<string, unknown>>;
  /** Aborted by Ctrl-C, which ends the watch and leaves the application alone. */
  readonly signal: AbortSignal;
  readonly cli: Cli;
  readonly terminal: Terminal;
}

/**
 * Watches an application to its end and says how that was; returns the exit code.
 *
 * @throws BeamlineError when it failed or is stuck, in the words of its cause
 */
export async function followApp(request: FollowRequest): Promise<number> {
  const { client, object, file, progress, patience, signal, cli, terminal } = request;
  const { name, namespace = "default", uid } = object.metadata;
  const report = watchReport(cli, terminal, progress);
  const context = diagnosisContext(object, file === undefined ? undefined : { file });
  let watched: Watched;
  try {
    const onView = report.show.bind(report);
    watched = await watchApp({ client, namespace, name, uid, context, patience, signal, onView });
  } catch (error) {
    report.end();
    const reason: unknown = signal.reason;
    if (!signal.aborted || !(reason instanceof Cancellation)) throw error;
    return leave(request, reason);
  } finally {
    report.end();
  }
  return await conclude(request, watched);
}

function leave({ object, about, terminal }: FollowRequest, { by }: Cancellation): number {
  const { name, namespace } = object.metadata;
  const inNamespace = `${name} --namespace ${namespace}`;
  if (terminal.json) terminal.document({ ...about, state: "left running" });
  terminal.talk(
    [
      `${terminal.style.strong(`${name} goes on on the cluster.`)}`,
      `  watch it again  beamline app watch ${inNamespace}`,
      `  its logs        beamline app logs ${inNamespace} --follow`,
      `  end it          beamline app cancel ${inNamespace}`,
    ].join("\n"),
  );
  return (by === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated).code;
}

async function conclude(request: FollowRequest, watched: Watched): Promise<number> {
  const { object, terminal, about, open } = request;
  const { life, app, elapsedMs } = watched;
  const { name, namespace } = object.metadata;
  if (life.kind !== "completed") throw await failure(request, watched);
  // The event log has the last figures; a bucket that cannot be read hides no success.
  const logged =
    app === undefined ? undefined : await loggedProgress(app, open).catch(() => undefined);
  const progress: SparkProgress | undefined = logged ?? watched.progress;
  const now = Date.now();
  if (terminal.json) {
    const { metrics, ...rest } = progress ?? { metrics: undefined };
    const use = progress === undefined ? {} : executorTime(progress.executors, now);
    terminal.document({ ...about, state: "completed", elapsedMs, ...rest, ...metrics, ...use });
    return exitCodes.done.code;
  }
  const { style, width, verbose: every } = terminal;
  // It may have been over long before anybody looked.
  const tookMs = Math.max(elapsedMs, app === undefined ? 0 : (ageOf(app, now) ?? 0));
  const done = style.good(`Done in ${formatDuration(tookMs)}`);
  terminal.talk(`${done}: ${namespace}/${name}`);
  if (progress !== undefined) {
    terminal.talk(metricsLines(progress, { width, style, now, every }).join("\n"));
  }
  terminal.talk(`Its results: beamline app results ${name}`);
  return exitCodes.done.code;
}

/** Why it did not complete, as an error; what there is to say about it is said before. */
async function failure(request: FollowRequest, watched: Watched): Promise<Error> {
  const { client, object, file, cli, terminal } = request;
  const { life, stuckOn } = watched;
  const { name, namespace } = object.metadata;
  const where = `${namespace}/${name}`;
  if (life.kind === "gone") {
    return new BeamlineError(
      "APP_GONE",
      `Cannot watch ${where} any more: somebody has deleted it; deploy again`,
      { origin: "remote" },
    );
  }
  const cancelled = watched.app?.cancelled === true || life.kind === "suspended";
  if (cancelled) {
    return new BeamlineError(
      "APP_CANCELLED",
      `Cannot finish ${where}: it was cancelled; deploy again to run it again`,
      { origin: "remote" },
    );
  }
  if (life.kind === "failed") await executorsEnded(request);
  const root = request.root ?? sourceRoot(cli.cwd);
  const diagnosis = await diagnoseApp({ client, object, file, root });
  const { userError } = diagnosis;
  const found = diagnosis.findings.length > 0 ? diagnosis.findings : stuckOn;
  // A worker's own words come first; what the cluster did to it is told beside them.
  const findings = userError === undefined ? found : found.filter(({ specific }) => specific);
  const [first] = findings;
  const { width, style } = terminal;
  if (findings.length > 0) terminal.talk(findingLines(findings, { width, style }).join("\n"));
  if (userError !== undefined) return userError;
  const state = stuckOn.length > 0 ? `is stuck (${lifeWords(life)})` : "failed";
  const cause = first?.cause ?? reasonOf(watched);
  return new BeamlineError(
    "APP_FAILED",
    `Cannot finish ${where}: it ${state}: ${cause}; ${first?.mend[0] ?? `see beamline app logs ${name}`}`,
    { origin: "remote" },
  );
}

const EXECUTORS_MS = 6_000;

/** Executors end a little later than their driver, and how they do may be what tells most. */
async function executorsEnded({ client, object, signal }: FollowRequest): Promise<void> {
  const { name, namespace = "default" } = object.metadata;
  const until = performance.now() + EXECUTORS_MS;
  while (performance.now() < until) {
    const pods = await podsOf(client, namespace, name, signal);
    if (!pods.some(({ role, phase }) => role === "executor" && phase === "Running")) return;
    await setTimeout(500, undefined, { signal });
  }
}

function reasonOf({ life }: Watched): string {
  const reason = life.kind === "failed" || life.kind === "retrying" ? life.reason : undefined;
  return reason?.split("\n", 1)[0] ?? "the cluster does not say why";
}
