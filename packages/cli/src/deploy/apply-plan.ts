import { setTimeout } from "node:timers/promises";
import {
  appOf,
  EARLIER_RECORDS_ANNOTATION,
  EARLIER_RUNS_ANNOTATION,
  hasEnded,
  RECORD_ANNOTATION,
  SPARK_APPLICATION,
  type SparkApplicationObject,
} from "../app/spark-application.js";
import type { Storage } from "../app/storage.js";
import type { KubeClient } from "../kube/client.js";
import type { KubeObject } from "../kube/kube-object.js";
import { getObject } from "../kube/objects.js";
import { applyPatiently } from "./apply-object.js";
import type { DeployPlan, DeployWish } from "./plan-deploy.js";
import { removeApp } from "./remove-app.js";

export interface ApplyPlanOptions {
  readonly client: KubeClient;
  readonly storage: Storage;
  /** Pushes what the registry lacks of the image. */
  readonly pushImage: () => Promise<void>;
  readonly signal: AbortSignal;
  /** Seconds that a webhook which does not answer is waited for; default: 60. */
  readonly patience?: number | undefined;
  readonly onProgress: (text: string) => void;
}

const WAIT_MS = 2000;
const MOST_RUNS = 50;

/** Does what a plan says; returns the application as the cluster has it then. */
export async function applyPlan(
  plan: DeployPlan,
  wish: DeployWish,
  { client, storage, pushImage, signal, patience, onProgress }: ApplyPlanOptions,
): Promise<KubeObject> {
  onProgress("sending image and artefacts");
  const missing = new Set(
    plan.uploads.filter(({ state }) => state === "upload").map(({ key }) => key),
  );
  await Promise.all([
    pushImage(),
    ...wish.artefacts
      .filter(({ key }) => missing.has(key))
      .map(({ key, bytes, contentType }) => storage.put(key, bytes, contentType)),
  ]);
  onProgress("applying");
  const options = { signal, patience, onRetry: onProgress };
  const { namespace, name } = plan.app;
  const live = await getObject<SparkApplicationObject>(
    client,
    { ...SPARK_APPLICATION, namespace, name },
    { signal },
  );
  for (const [index, object] of wish.support.entries()) {
    if (plan.objects[index]?.action !== "leave") await applyPatiently(client, object, options);
  }
  const { kind } = plan.collision;
  if (kind === "attach" && live !== undefined) return live;
  if (kind === "wait") await waitForEnd(client, plan.app, signal, onProgress);
  if (kind !== "none") {
    onProgress(`removing the last run of ${name}`);
    await removeApp(client, plan.app, signal);
  } else if (wish.application.kind === SPARK_APPLICATION.kind) {
    // Pods that a missing webhook has left of an application that is gone already.
    await removeApp(client, plan.app, signal);
  }
  onProgress("applying");
  return await applyPatiently(client, withPast(wish.application, live), options);
}

async function waitForEnd(
  client: KubeClient,
  { namespace, name }: DeployPlan["app"],
  signal: AbortSignal,
  onProgress: (text: string) => void,
): Promise<void> {
  for (;;) {
    const ref = { ...SPARK_APPLICATION, namespace, name };
    const object = await getObject<SparkApplicationObject>(client, ref, { signal });
    if (object === undefined || hasEnded(appOf(object))) return;
    onProgress(`waiting for ${name}, which is ${appOf(object).state.toLowerCase()}`);
    await setTimeout(WAIT_MS, undefined, { signal });
  }
}

/** The event logs and artefacts of earlier runs belong to the name, and go when it is deleted. */
function withPast(application: KubeObject, live: SparkApplicationObject | undefined): KubeObject {
  if (live === undefined) return application;
  const { annotations = {} } = application.metadata;
  const { earlierRuns, sparkId, earlierRecords, record } = appOf(live);
  const runs = [...earlierRuns, ...(sparkId === undefined ? [] : [sparkId])];
  const records = [...earlierRecords, ...(record === undefined ? [] : [record])].filter(
    (each, index, all) => each !== annotations[RECORD_ANNOTATION] && all.indexOf(each) === index,
  );
  const past = {
    [EARLIER_RUNS_ANNOTATION]: runs.slice(-MOST_RUNS).join(","),
    [EARLIER_RECORDS_ANNOTATION]: records.slice(-MOST_RUNS).join(","),
  };
  return {
    ...application,
    metadata: { ...application.metadata, annotations: { ...annotations, ...past } },
  };
}
