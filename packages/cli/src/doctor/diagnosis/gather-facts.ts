import { podLog } from "../../app/logs/pod-log.js";
import { type AppPod, podsOf } from "../../app/pods.js";
import {
  appOf,
  SPARK_APPLICATION,
  type SparkApplicationObject,
} from "../../app/spark-application.js";
import type { KubeClient } from "../../kube/client.js";
import type { KubeObject } from "../../kube/kube-object.js";
import { getObject, listObjects } from "../../kube/objects.js";
import type { Fact } from "./fact.js";

export interface GatherOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether logs are read, too: not while a healthy application is looked at every second. */
  readonly logs: boolean;
  readonly now: Date;
}

/** An application that the operator has not touched for that long never will be. */
const UNTOUCHED_MS = 20_000;
const LOG_TAIL = 2000;

interface EventObject extends KubeObject {
  readonly involvedObject?: { readonly name?: string; readonly uid?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

/** Everything that a cluster says about an application; none of it is judged here. */
export async function gatherFacts(
  client: KubeClient,
  namespace: string,
  name: string,
  { signal, logs, now }: GatherOptions,
): Promise<Fact[]> {
  const ref = { ...SPARK_APPLICATION, namespace, name };
  const [object, pods, events] = await Promise.all([
    getObject<SparkApplicationObject>(client, ref, { signal }),
    podsOf(client, namespace, name, signal),
    listObjects<EventObject>(client, { apiVersion: "v1", kind: "Event", namespace, signal }),
  ]);
  const lines: Fact[] = [];
  for (const pod of logs ? pods : [])
    lines.push(...(await logFacts(client, namespace, pod, signal)));
  return [
    ...pods.flatMap(podFacts),
    ...(object === undefined ? [] : applicationFacts(object, now)),
    ...eventFacts(events, object, pods),
    ...lines,
  ];
}

export function applicationFacts(object: SparkApplicationObject, now: Date): Fact[] {
  const { name, state, error, created, ended } = appOf(object);
  const facts: Fact[] = [];
  if (error !== undefined) {
    facts.push({ from: "application", subject: name, reason: state, text: error, ...time(ended) });
  }
  const age = created === undefined ? 0 : now.getTime() - created.getTime();
  if (state === "" && age >= UNTOUCHED_MS) {
    facts.push({
      from: "watch",
      subject: name,
      reason: "Untouched",
      text: `no status ${Math.round(age / 1000)} s after it was created`,
      ...time(created),
    });
  }
  return facts;
}

export function podFacts(pod: AppPod): Fact[] {
  const about = { subject: pod.name, role: pod.role };
  const facts: Fact[] = [];
  for (const { name, state, lastState } of pod.containers) {
    for (const { waiting, terminated } of [state ?? {}, lastState ?? {}]) {
      if (waiting?.reason !== undefined && waiting.reason !== "ContainerCreating") {
        const text = waiting.message ?? waiting.reason;
        facts.push({ from: "container", ...about, reason: waiting.reason, text });
      }
      // An executor outlives the worker process that the kernel killed, and may end well.
      const isBad = terminated?.exitCode !== 0 || terminated.reason === "OOMKilled";
      if (terminated !== undefined && isBad) {
        const { exitCode, reason, message, finishedAt } = terminated;
        facts.push({
          from: "container",
          ...about,
          ...(reason === undefined ? {} : { reason }),
          ...(exitCode === undefined ? {} : { exitCode }),
          text:
            message ??
            `container ${name} ended: ${reason ?? "no reason"}, exit code ${exitCode ?? "unknown"}`,
          ...time(finishedAt),
        });
      }
    }
  }
  for (const { type, status, reason, message, lastTransitionTime } of pod.conditions) {
    // What is as it should be says nothing; that a pod is taken away is a condition that is true.
    const isBad = status === "False" || (type === "DisruptionTarget" && status === "True");
    if (!isBad || reason === undefined || message === undefined) continue;
    // What follows from containers that are not ready is told by these.
    if (["ContainersNotReady", "PodCompleted"].includes(reason)) continue;
    facts.push({ from: "condition", ...about, reason, text: message, ...time(lastTransitionTime) });
  }
  if (pod.reason !== undefined) {
    facts.push({
      from: "condition",
      ...about,
      reason: pod.reason,
      text: pod.message ?? pod.reason,
    });
  }
  return facts;
}

/** Said of pods that leave nothing else behind, as news rather than as warnings. */
const TAKEN_AWAY = /^(Preempted|TaintManagerEviction|Evicted)$/;

/** What was said of these very objects: earlier ones of the same names have left events, too. */
function eventFacts(
  events: readonly EventObject[],
  application: SparkApplicationObject | undefined,
  pods: readonly AppPod[],
): Fact[] {
  const { name = "", uid: own, creationTimestamp = "" } = application?.metadata ?? {};
  const roles = new Map(pods.map((pod) => [pod.uid, pod.role]));
  return events.flatMap((event) => {
    const { involvedObject, type, reason, message } = event;
    const { uid, name: subject = "" } = involvedObject ?? {};
    if (uid === undefined || reason === undefined || message === undefined) return [];
    const at = event.lastTimestamp ?? event.eventTime ?? undefined;
    // The driver may be gone already; one of an earlier application went before this one came.
    const isLostDriver = subject === `${name}-driver` && (at ?? "") >= creationTimestamp;
    if (uid !== own && !roles.has(uid) && !isLostDriver) return [];
    if (type !== "Warning" && !TAKEN_AWAY.test(reason)) return [];
    const role = roles.get(uid) ?? (isLostDriver ? ("driver" as const) : undefined);
    return [
      {
        from: "event" as const,
        subject,
        ...(role === undefined ? {} : { role }),
        reason,
        text: message,
        ...time(at),
      },
    ];
  });
}

/** Lines that may say why something failed: Java's and Node's logs are mostly about other things. */
const TELLING =
  /Exception|Error|ERROR|FATAL|exit code|denied|Denied|Forbidden|NoSuch|not found|out of memory|No FileSystem|quota/;

async function logFacts(
  client: KubeClient,
  namespace: string,
  pod: AppPod,
  signal: AbortSignal | undefined,
): Promise<Fact[]> {
  const facts: Fact[] = [];
  for await (const { at, text } of podLog(client, namespace, pod, { tail: LOG_TAIL, signal })) {
    if (!TELLING.test(text)) continue;
    facts.push({
      from: "log",
      subject: pod.name,
      role: pod.role,
      text,
      ...(at === 0 ? {} : { at: new Date(at) }),
    });
  }
  return facts;
}

function time(at: Date | string | null | undefined): { readonly at?: Date } {
  return at === undefined || at === null ? {} : { at: new Date(at) };
}
