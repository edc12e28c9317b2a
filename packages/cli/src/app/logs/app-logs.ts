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
  const reading = new Map<string, "open" | "closed">();
  let failure: unknown;
  let ended = false;
  let nextLook = 0;

  const read = async (pod: AppPod) => {
    reading.set(pod.name, "open");
    let lines = 0;
    try {
      const options = { follow: true, tail, sinceSeconds, signal };
      for await (const line of podLog(client, namespace, pod, options)) {
        lines++;
        window.add(line, performance.now());
      }
    } catch (error) {
      failure ??= error;
    }
    // Without a line its container may not have started: it is looked at again.
    if (lines > 0 || ended) reading.set(pod.name, "closed");
    else reading.delete(pod.name);
  };

  for (;;) {
    if (performance.now() >= nextLook) {
      nextLook = performance.now() + LOOK_MS;
      const object = await getObject<SparkApplicationObject>(
        client,
        { ...SPARK_APPLICATION, namespace, name },
        { signal },
      );
      ended = object === undefined || hasEnded(appOf(object));
      for (const pod of (await podsOf(client, namespace, name, signal)).filter(wanted)) {
        if (pod.phase !== "Pending" && !reading.has(pod.name)) void read(pod);
      }
    }
    yield* window.take(performance.now());
    if (failure !== undefined) throw failure;
    if (ended && [...reading.values()].every((state) => state === "closed")) break;
    await setTimeout(100, undefined, { signal });
  }
  yield* window.rest();
}
