import { setTimeout } from "node:timers/promises";
import { BeamlineError } from "beamline";
import { type PodObject, podLabels } from "../app/pods.js";
import { SPARK_APPLICATION } from "../app/spark-application.js";
import type { KubeClient } from "../kube/client.js";
import { deleteObject, getObject, listObjects } from "../kube/objects.js";

const WAIT_MS = 90_000;
const PAUSE_MS = 300;

/**
 * Deletes an application and waits until it and its pods are gone. Pods without an owner go, too:
 * where the operator's webhook was missing they outlive their application, and the next one of the
 * same name would take the old driver for its own. Returns what was deleted.
 */
export async function removeApp(
  client: KubeClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal?: AbortSignal,
): Promise<string[]> {
  const removed: string[] = [];
  const app = { ...SPARK_APPLICATION, namespace, name };
  // Those that it owns may be gone before they are looked for again.
  const first = await leftovers(client, namespace, name, signal);
  if (await deleteObject(client, app, { signal })) removed.push(`SparkApplication ${name}`);
  removed.push(...first.map(({ metadata }) => `Pod ${metadata.name}`));
  const seen = new Set<string>();
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const pods = await leftovers(client, namespace, name, signal);
    for (const { metadata, status } of pods) {
      if (seen.has(metadata.name)) continue;
      seen.add(metadata.name);
      if (!first.some((pod) => pod.metadata.name === metadata.name)) {
        removed.push(`Pod ${metadata.name}`);
      }
      // Those that have an owner are on their way already; asking twice does no harm.
      if (metadata.deletionTimestamp === undefined || status?.phase !== "Running") {
        await deleteObject(
          client,
          { apiVersion: "v1", kind: "Pod", namespace, name: metadata.name },
          { signal },
        );
      }
    }
    const there = await getObject(client, app, { signal });
    if (pods.length === 0 && there === undefined) return removed;
    if (performance.now() >= until) {
      const names = [
        ...(there === undefined ? [] : [name]),
        ...pods.map(({ metadata }) => metadata.name),
      ];
      throw new BeamlineError(
        "APP_NOT_DELETED",
        `Cannot delete ${namespace}/${name}: ${names.join(", ")} did not go within ${WAIT_MS / 1000} s; see why: kubectl describe pods --namespace ${namespace}`,
        { origin: "remote" },
      );
    }
    await setTimeout(PAUSE_MS, undefined, signal === undefined ? {} : { signal });
  }
}

/** Pods with the application's label, and a driver by its name alone. */
async function leftovers(
  client: KubeClient,
  namespace: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<readonly PodObject[]> {
  const list = (labelSelector: string) =>
    listObjects<PodObject>(client, {
      apiVersion: "v1",
      kind: "Pod",
      namespace,
      labelSelector,
      signal,
    });
  const [labelled, drivers] = await Promise.all([
    list(`${podLabels.application}=${name}`),
    list(`${podLabels.role}=driver`),
  ]);
  const driver = drivers.filter(({ metadata }) => metadata.name === `${name}-driver`);
  const names = new Set(labelled.map(({ metadata }) => metadata.name));
  return [...labelled, ...driver.filter(({ metadata }) => !names.has(metadata.name))];
}
