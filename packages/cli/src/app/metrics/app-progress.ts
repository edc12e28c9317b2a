import type { KubeClient } from "../../kube/client.js";
import { eventLogPlace, readEventLogText } from "../event-logs.js";
import { podsOf } from "../pods.js";
import type { App } from "../spark-application.js";
import type { Storage } from "../storage.js";
import { readEventLog } from "./event-log.js";
import { liveProgress } from "./live-progress.js";
import type { SparkProgress } from "./spark-progress.js";

export interface AppProgress extends SparkProgress {
  /** Whether the driver says so now, or its event log did later. */
  readonly from: "driver" | "event log";
}

/** What an application has done: from its driver while that runs, else from its event log. */
export async function appProgress(
  client: KubeClient,
  app: App,
  open: (bucket: string) => Promise<Storage>,
  signal?: AbortSignal,
): Promise<AppProgress | undefined> {
  const pods = await podsOf(client, app.namespace, app.name, signal);
  const driver = pods.find(({ role, phase }) => role === "driver" && phase === "Running");
  if (driver !== undefined) {
    const { namespace } = app;
    const live = await liveProgress(client, { namespace, driverPod: driver.name }, signal);
    if (live !== undefined) return { ...live, from: "driver" };
  }
  return await loggedProgress(app, open);
}

/** The same from the event log alone. */
export async function loggedProgress(
  app: Pick<App, "eventLogs" | "sparkId">,
  open: (bucket: string) => Promise<Storage>,
): Promise<AppProgress | undefined> {
  const place = eventLogPlace(app);
  if (place === undefined || app.sparkId === undefined) return undefined;
  const text = await readEventLogText(await open(place.bucket), place.folder, app.sparkId);
  return text === undefined ? undefined : { ...readEventLog(text), from: "event log" };
}
