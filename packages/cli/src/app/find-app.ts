import { BeamlineError } from "beamline";
import type { FlagValues } from "../command/command.js";
import { type KubeClient, openKubeClient } from "../kube/client.js";
import { KubeError } from "../kube/kube-error.js";
import { getObject, listObjects } from "../kube/objects.js";
import type { Cli } from "../terminal/cli.js";
import { nearest } from "../text/nearest.js";
import type { clusterFlags } from "./app-flags.js";
import {
  asApplication,
  SCHEDULED_SPARK_APPLICATION,
  type ScheduledObject,
} from "./scheduled-application.js";
import {
  type App,
  appOf,
  labelNames,
  MANAGED_BY,
  SPARK_APPLICATION,
  type SparkApplicationObject,
} from "./spark-application.js";

export interface FoundApp {
  readonly client: KubeClient;
  readonly object: SparkApplicationObject;
  readonly app: App;
}

/** Opens the cluster that the flags name. */
export async function openCluster(
  { context, namespace }: FlagValues<typeof clusterFlags>,
  { env }: Pick<Cli, "env">,
): Promise<KubeClient> {
  return await openKubeClient({ env, context, namespace });
}

/**
 * The application, or the schedule, of a name in the client's namespace.
 *
 * @throws BeamlineError `APP_NOT_FOUND`, with the name that was probably meant
 */
export async function findApp(
  client: KubeClient,
  name: string,
  signal?: AbortSignal,
): Promise<FoundApp> {
  const { namespace } = client;
  const object = await getObject<SparkApplicationObject>(
    client,
    { ...SPARK_APPLICATION, namespace, name },
    { signal },
  );
  if (object !== undefined) return { client, object, app: appOf(object) };
  const scheduled = await getObject<ScheduledObject>(
    client,
    { ...SCHEDULED_SPARK_APPLICATION, namespace, name },
    { signal },
  );
  if (scheduled !== undefined) {
    const found = asApplication(scheduled);
    return { client, object: found, app: appOf(found) };
  }
  const names = (await listApps(client, { namespace, all: true }, signal)).map((app) => app.name);
  const near = nearest(name, names);
  const hint =
    near !== undefined
      ? `did you mean ${near}?`
      : names.length === 0
        ? "there is none; see beamline app list --all-namespaces, or choose another --context"
        : `there are ${names.join(", ")}`;
  throw new BeamlineError(
    "APP_NOT_FOUND",
    `Cannot find the application ${name}: the namespace ${namespace} of ${client.context} has none of that name; ${hint}`,
  );
}

export interface ListRequest {
  /** Default: all namespaces. */
  readonly namespace?: string | undefined;
  /** Those that Beamline did not make, too. */
  readonly all: boolean;
}

/** Applications and schedules, the latest first. */
export async function listApps(
  client: KubeClient,
  { namespace, all }: ListRequest,
  signal?: AbortSignal,
): Promise<readonly App[]> {
  try {
    const labelSelector = all ? undefined : `${labelNames.managedBy}=${MANAGED_BY}`;
    const which = { namespace, labelSelector, signal };
    const [objects, schedules] = await Promise.all([
      listObjects<SparkApplicationObject>(client, { ...SPARK_APPLICATION, ...which }),
      listObjects<ScheduledObject>(client, { ...SCHEDULED_SPARK_APPLICATION, ...which }),
    ]);
    return [...objects, ...schedules.map(asApplication)]
      .map(appOf)
      .sort((a, b) => (b.created?.getTime() ?? 0) - (a.created?.getTime() ?? 0));
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) throw noOperator(client);
    throw error;
  }
}

function noOperator(client: KubeClient): BeamlineError {
  return new BeamlineError(
    "NO_OPERATOR",
    `Cannot look for applications: the cluster of ${client.context} does not know SparkApplications; install the Spark operator, which docs/eks.md shows, or choose another --context`,
    { origin: "remote" },
  );
}
