import { setTimeout } from "node:timers/promises";
import type { KubeClient } from "../../kube/client.js";
import { getObject } from "../../kube/objects.js";
import { type AppPod, podsOf } from "../pods.js";
import {
  appOf,
  hasEnded,
  SPARK_APPLICATION,
  type SparkApplicationObject,
} from "../spark-application.js";
import type { LogLine } from "./log-line.js";
import { mergeLogs, OrderingWindow } from "./merge-logs.js";
import { podLog } from "./pod-log.js";

export interface AppLogOptions {
  readonly tail?: number | undefined;
  readonly sinceSeconds?: number | undefined;
  readonly signal: AbortSignal;
  /** Which pods; default: all. */
  readonly wanted?: (pod: AppPod) => boolean;
}

/** The logs of an application's pods so far, merged by time. */
export async function* appLogs(
  client: KubeClient,
  namespace: string,
  pods: readonly AppPod[],
  { tail, sinceSeconds, signal, wanted = () => true }: AppLogOptions,
): AsyncGenerator<LogLine, void, undefined> {
  const logs = pods
    .filter(wanted)
    .map((pod) => podLog(client, namespace, pod, { tail, sinceSeconds, signal }));
  yield* mergeLogs(logs);
}

const LOOK_MS = 1500;
/** Long enough for a line of another node to come in. */
const HOLD_MS = 400;
const PAUSE_MS = 100;

/**
 * The logs as they are written, those of executors that come later too, until the application has
 * ended and its pods have said all.
 */
export async function* followLogs(
  client: KubeClient,
  namespace: string,
  name: string,
  { tail, sinceSeconds, signal, wanted = () => true }: AppLogOptions,
): AsyncGenerator<LogLine, void, undefined> {
  const window = new OrderingWindow(HOLD_MS);
  const open = new Map<string, Promise<void>>();
  const closed = new Set<string>();
  let failure: unknown;
  let ended = false;
  let nextLook = 0;
  // Whoever stops listening hangs up.
  const hangUp = new AbortController();
  const reading = AbortSignal.any([signal, hangUp.signal]);

  const read = async (pod: AppPod): Promise<void> => {
    let lines = 0;
    try {
      const options = { follow: true, tail, sinceSeconds, signal: reading };
      for await (const line of podLog(client, namespace, pod, options)) {
        lines++;
        window.add(line, performance.now());
      }
    } catch (error) {
      failure ??= error;
    }
    open.delete(pod.name);
    // Without a line its container may not have started: it is looked at again.
    if (lines > 0 || ended) closed.add(pod.name);
  };

  try {
    while (!ended || open.size > 0) {
      if (performance.now() >= nextLook) {
        nextLook = performance.now() + LOOK_MS;
        ended = await hasAppEnded(client, namespace, name, signal);
        for (const pod of (await podsOf(client, namespace, name, signal)).filter(wanted)) {
          const isNew = !open.has(pod.name) && !closed.has(pod.name);
          if (pod.phase !== "Pending" && isNew) open.set(pod.name, read(pod));
        }
      }
      yield* window.take(performance.now());
      if (failure !== undefined) throw failure;
      await setTimeout(PAUSE_MS, undefined, { signal });
    }
    yield* window.rest();
  } finally {
    hangUp.abort();
    await Promise.all(open.values());
  }
}

async function hasAppEnded(
  client: KubeClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  const ref = { ...SPARK_APPLICATION, namespace, name };
  const object = await getObject<SparkApplicationObject>(client, ref, { signal });
  return object === undefined || hasEnded(appOf(object));
}
