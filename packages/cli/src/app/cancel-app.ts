import { setTimeout } from "node:timers/promises";
import { BeamlineError } from "beamline";
import { removeApp } from "../deploy/remove-app.js";
import type { KubeClient } from "../kube/client.js";
import { deleteObject } from "../kube/objects.js";
import { pathOf } from "../kube/resources.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { stateWords } from "./app-lines.js";
import { findApp } from "./find-app.js";
import { SCHEDULED_SPARK_APPLICATION } from "./scheduled-application.js";
import {
  type App,
  CANCELLED_ANNOTATION,
  hasEnded,
  SPARK_APPLICATION,
  type SparkApplicationObject,
} from "./spark-application.js";
import { type AppAtHand, type AppFlags, withApp } from "./with-app.js";

const WAIT_MS = 90_000;
const PAUSE_MS = 500;

/** Ends an application and waits until it has; returns how it stands then. */
export async function cancelApp(
  name: string,
  flags: AppFlags,
  cli: Cli,
  terminal: Terminal,
): Promise<string> {
  try {
    const say = (text: string) => terminal.progress(text);
    const act = async ({ client, app, object, signal }: AppAtHand): Promise<string> => {
      if (app.schedule !== undefined) return await suspend(client, app, signal);
      if (hasEnded(app)) return stateWords(app);
      return await cancel(client, app, object, signal, say);
    };
    return await withApp(name, flags, cli, act, { schedules: true });
  } finally {
    terminal.progress(undefined);
  }
}

/** No run is started any more; one that is under way goes on. */
async function suspend(client: KubeClient, app: App, signal: AbortSignal): Promise<string> {
  const { namespace, name } = app;
  await client.json({
    method: "PATCH",
    path: pathOf({ ...SCHEDULED_SPARK_APPLICATION, namespace, name }),
    contentType: "application/merge-patch+json",
    body: { spec: { suspend: true } },
    action: `suspend ${namespace}/${name}`,
    signal,
  });
  return "suspended";
}

async function cancel(
  client: KubeClient,
  app: App,
  { spec }: SparkApplicationObject,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<string> {
  const { namespace, name } = app;
  if ((spec?.restartPolicy?.type ?? "Never") !== "Never" || app.state === "") {
    // The operator would start it again, or has not begun with it.
    say(`${name}: ending it`);
    await removeApp(client, { namespace, name }, signal);
    return "deleted";
  }
  await client.json({
    method: "PATCH",
    path: pathOf({ ...SPARK_APPLICATION, namespace, name }),
    contentType: "application/merge-patch+json",
    body: { metadata: { annotations: { [CANCELLED_ANNOTATION]: "true" } } },
    action: `mark ${namespace}/${name} as cancelled`,
    signal,
  });
  const until = performance.now() + WAIT_MS;
  let now = app;
  while (!hasEnded(now)) {
    if (performance.now() >= until) {
      throw new BeamlineError(
        "APP_NOT_CANCELLED",
        `Cannot see the end of ${namespace}/${name}: ${WAIT_MS / 1000} s after its driver was deleted it is ${now.state.toLowerCase()}; end it with: beamline app delete ${name}`,
        { origin: "remote" },
      );
    }
    // Its executors belong to the driver, and go with it.
    const driver = now.driverPod ?? `${name}-driver`;
    await deleteObject(
      client,
      { apiVersion: "v1", kind: "Pod", namespace, name: driver },
      { signal },
    );
    say(`${name}: ${stateWords(now)}`);
    await setTimeout(PAUSE_MS, undefined, { signal });
    ({ app: now } = await findApp(client, name, signal));
  }
  return stateWords(now);
}
