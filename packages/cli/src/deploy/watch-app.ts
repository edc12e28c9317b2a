import { setTimeout } from "node:timers/promises";
import { liveProgress } from "../app/metrics/live-progress.js";
import type { SparkProgress } from "../app/metrics/spark-progress.js";
import { DEFAULT_PATIENCE } from "../app/patience-flag.js";
import { type AppPod, podsOf } from "../app/pods.js";
import {
  type App,
  appOf,
  SPARK_APPLICATION,
  type SparkApplicationObject,
} from "../app/spark-application.js";
import type { Finding } from "../doctor/diagnosis/diagnose.js";
import type { DiagnosisContext } from "../doctor/diagnosis/fact.js";
import { troubleOf } from "../doctor/diagnosis/trouble-of.js";
import type { KubeClient } from "../kube/client.js";
import { getObject } from "../kube/objects.js";
import { patiently } from "../kube/patiently.js";
import { isEnd, type Lifecycle, nextLife, type Sight } from "./lifecycle.js";
import type { WatchView } from "./watch-view.js";

export interface WatchRequest {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  /** Of the application to watch: one that is made later under the same name is another. */
  readonly uid?: string | undefined;
  readonly context: DiagnosisContext;
  /** Seconds that trouble which may be mended on the cluster is waited out; default: 180. */
  readonly patience?: number | undefined;
  /** Ends the watch, and nothing else. */
  readonly signal: AbortSignal;
  readonly onView: (view: WatchView) => void;
}

export interface Watched {
  /** An end, or where it was stuck. */
  readonly life: Lifecycle;
  /** What it will not get past by itself; empty when it has ended. */
  readonly stuckOn: readonly Finding[];
  readonly app: App | undefined;
  readonly pods: readonly AppPod[];
  /** The last that Spark has told of it. */
  readonly progress: SparkProgress | undefined;
  readonly elapsedMs: number;
}

const LOOK_MS = 1000;
const PROGRESS_EVERY_MS = 2000;
const TROUBLE_EVERY_MS = 4000;

/** Watches an application until it ends or cannot get further. */
export async function watchApp(request: WatchRequest): Promise<Watched> {
  const { client, namespace, name, uid, context, signal, onView } = request;
  const { patience = DEFAULT_PATIENCE } = request;
  const ref = { ...SPARK_APPLICATION, namespace, name };
  const started = performance.now();
  let life: Lifecycle = { kind: "created", since: started };
  let progress: SparkProgress | undefined;
  let findings: readonly Finding[] = [];
  let nextProgress = 0;
  let nextTrouble = started + TROUBLE_EVERY_MS;
  let troubleSince: number | undefined;

  for (;;) {
    const [object, pods] = await patiently(
      () =>
        Promise.all([
          getObject<SparkApplicationObject>(client, ref, { signal }),
          podsOf(client, namespace, name, signal),
        ]),
      signal,
    );
    const ours = uid === undefined || object?.metadata.uid === uid;
    const app = object === undefined || !ours ? undefined : appOf(object);
    const at = performance.now();
    life = nextLife(life, sightOf(at, app, pods));

    const driver = pods.find(({ role }) => role === "driver");
    if (driver?.phase === "Running" && at >= nextProgress) {
      nextProgress = at + PROGRESS_EVERY_MS;
      const { name: driverPod } = driver;
      progress = (await liveProgress(client, { namespace, driverPod }, signal)) ?? progress;
    }
    if (!isEnd(life) && at >= nextTrouble) {
      nextTrouble = at + TROUBLE_EVERY_MS;
      // With executors at work, one more that waits for a place is no trouble.
      const atWork = life.kind === "running" || life.kind === "finishing";
      const look = () => troubleOf(client, { namespace, name }, context, signal);
      findings = atWork ? [] : await patiently(look, signal);
      troubleSince = findings.length === 0 ? undefined : (troubleSince ?? at);
    }
    const elapsedMs = performance.now() - started;
    const executorsWanted = object?.spec?.executor?.instances;
    onView({
      name,
      namespace,
      life,
      elapsedMs,
      now: Date.now(),
      pods,
      executorsWanted,
      progress,
      findings,
    });

    const stuckOn = findings.filter(
      ({ outlook }) =>
        outlook === "ends" || (outlook === "stuck" && at - (troubleSince ?? at) >= patience * 1000),
    );
    if (isEnd(life) || stuckOn.length > 0) {
      return { life, stuckOn: isEnd(life) ? [] : stuckOn, app, pods, progress, elapsedMs };
    }
    await setTimeout(LOOK_MS, undefined, { signal });
  }
}

function sightOf(at: number, app: App | undefined, pods: readonly AppPod[]): Sight {
  const driver = pods.find(({ role }) => role === "driver");
  return {
    at,
    application:
      app === undefined
        ? undefined
        : { state: app.state, error: app.error, attempts: app.attempts },
    driver: driverState(driver),
    executorsRunning: pods.filter(({ role, phase }) => role === "executor" && phase === "Running")
      .length,
  };
}

function driverState(driver: AppPod | undefined): Sight["driver"] {
  switch (driver?.phase) {
    case undefined:
      return "none";
    case "Running":
      return "running";
    case "Succeeded":
    case "Failed":
      return "ended";
    default:
      return "pending";
  }
}
