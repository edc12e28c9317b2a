import { BeamlineError } from "beamline";
import type { KubeClient } from "../../kube/client.js";
import { KubeError } from "../../kube/kube-error.js";
import type { KubeObject } from "../../kube/kube-object.js";
import { listObjects } from "../../kube/objects.js";
import { readRecord } from "../app-record.js";
import { eventLogObjects, eventLogPlace } from "../event-logs.js";
import { listApps } from "../find-app.js";
import { findDrafts, findResults } from "../results/find-results.js";
import { type App, labelNames, MANAGED_BY } from "../spark-application.js";
import { type Storage, type StoredObject, s3Place } from "../storage.js";
import type { Belongings } from "./plan-delete.js";

const RBAC = "rbac.authorization.k8s.io/v1";

/** Kinds that come with an application, in the order in which they are deleted. */
const SUPPORT = [
  { apiVersion: RBAC, kind: "RoleBinding" },
  { apiVersion: RBAC, kind: "Role" },
  { apiVersion: "v1", kind: "ServiceAccount" },
  { apiVersion: "v1", kind: "ConfigMap" },
] as const;

/** Looks for all that belongs to an application. */
export async function findBelongings(
  client: KubeClient,
  app: App,
  open: (bucket: string) => Promise<Storage>,
  signal: AbortSignal,
): Promise<Belongings & { readonly runs: readonly App[] }> {
  const { namespace } = app;
  const bucket = app.record === undefined ? undefined : s3Place(app.record)?.bucket;
  const own = await recordsOf(app, bucket, open);
  const all = await visibleApps(client, namespace, signal);
  const isRun = (each: App) =>
    app.schedule !== undefined && each.scheduledBy === app.name && each.namespace === namespace;
  const runs = all.filter(isRun);
  const others = all.filter((each) => each.uid !== app.uid && !isRun(each));
  const isShared = others.some(({ eventLogs }) => eventLogs === app.eventLogs);
  const usedByOthers = new Set<string>();
  for (const other of others) {
    const { artefacts } = await recordsOf(other, bucket, open);
    for (const key of artefacts) usedByOthers.add(key);
  }
  return {
    app,
    bucket,
    artefacts: own.artefacts,
    lostRecords: own.lost,
    usedByOthers,
    eventLogs: await eventLogsOf(app, runs, isShared, bucket, open),
    sharedFolder: isShared ? eventLogPlace(app)?.folder : undefined,
    runs,
    results: await inBuckets(own.places, (place) => findResults([place], open)),
    drafts: await inBuckets(own.places, (place) => findDrafts([place], open)),
    support: await supportIn(client, namespace, signal),
    neighbours: others.filter((other) => other.namespace === namespace).map(({ name }) => name),
  };
}

/** What is found at each place. A bucket that was never there, or is gone, keeps nothing from going. */
async function inBuckets<T>(
  places: readonly string[],
  find: (place: string) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const found = places.map(async (place) => {
    try {
      return await find(place);
    } catch (error) {
      if (error instanceof BeamlineError && error.code === "NO_SUCH_BUCKET") return [];
      throw error;
    }
  });
  return (await Promise.all(found)).flat();
}

/** What an application's deploys have left in a bucket: its records, and what they name. */
async function recordsOf(
  { record, earlierRecords }: App,
  bucket: string | undefined,
  open: (bucket: string) => Promise<Storage>,
) {
  const artefacts = new Set<string>();
  const places = new Set<string>();
  const lost: string[] = [];
  for (const url of [...earlierRecords, ...(record === undefined ? [] : [record])]) {
    const place = s3Place(url);
    if (place === undefined || place.bucket !== bucket) continue;
    const found = await readRecord(url, open);
    if (found === undefined) lost.push(url);
    else artefacts.add(place.key);
    for (const key of found?.artefacts ?? []) artefacts.add(key);
    for (const each of Object.values(found?.places ?? {})) places.add(each);
  }
  return { artefacts: [...artefacts], places: [...places], lost };
}

/** Of all namespaces, or of this one where people may see no others. */
async function visibleApps(client: KubeClient, namespace: string, signal: AbortSignal) {
  try {
    return await listApps(client, { all: false }, signal);
  } catch (error) {
    if (!(error instanceof KubeError && error.status === 403)) throw error;
    return await listApps(client, { namespace, all: false }, signal);
  }
}

async function eventLogsOf(
  app: App,
  runs: readonly App[],
  isShared: boolean,
  bucket: string | undefined,
  open: (bucket: string) => Promise<Storage>,
) {
  const place = eventLogPlace(app);
  // Those in another bucket are a History Server's own.
  if (place === undefined || place.bucket !== bucket) return [];
  const storage = await open(place.bucket);
  if (app.schedule !== undefined && !isShared) {
    // Runs that the operator has forgotten have left some, too.
    const found: StoredObject[] = [];
    for await (const object of storage.list(place.folder)) found.push(object);
    return found;
  }
  const ids = [app, ...runs].flatMap(({ sparkId, earlierRuns }) => [
    ...earlierRuns,
    ...(sparkId === undefined ? [] : [sparkId]),
  ]);
  return await eventLogObjects(storage, place.folder, ids);
}

async function supportIn(client: KubeClient, namespace: string, signal: AbortSignal) {
  const found: KubeObject[] = [];
  for (const kind of SUPPORT) {
    const labelSelector = `${labelNames.managedBy}=${MANAGED_BY}`;
    found.push(
      ...(await listObjects<KubeObject>(client, { ...kind, namespace, labelSelector, signal })),
    );
  }
  return found;
}
