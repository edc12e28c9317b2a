import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BeamlineError } from "beamline";
import type { FlagValues } from "../../command/command.js";
import { UsageError } from "../../command/usage-error.js";
import type { historyFlags } from "../../commands/app/history-flags.js";
import type { KubeClient } from "../../kube/client.js";
import { forwardHttp } from "../../kube/forward-http.js";
import { serviceProxyPath } from "../../kube/proxy-path.js";
import type { Cli } from "../../terminal/cli.js";
import type { Terminal } from "../../terminal/terminal.js";
import { countOf } from "../../text/names.js";
import { openBuckets } from "../app-record.js";
import { eventLogObjects, eventLogPlace } from "../event-logs.js";
import { findApp, openCluster } from "../find-app.js";
import type { SparkApplicationObject } from "../spark-application.js";
import { type StoredObject, s3Place } from "../storage.js";
import { untilAborted } from "../until-aborted.js";
import { configured } from "../with-app.js";
import { fetchLogs } from "./fetch-logs.js";
import { type InstalledServer, installedServer } from "./installed-server.js";
import { startLocalHistory } from "./local-server.js";

type HistoryFlags = FlagValues<typeof historyFlags>;

const PORT = 18080;

/** Shows finished applications in a History Server until Ctrl-C. */
export async function showHistory(
  name: string | undefined,
  typed: HistoryFlags,
  cli: Cli,
  terminal: Terminal,
): Promise<void> {
  const signal = cli.cancellation();
  const flags = { ...typed, ...(await configured(typed, cli)) };
  if (name === undefined && flags.events === undefined) {
    const problem = { subject: "APP", message: "missing: the application, or --events" };
    throw new UsageError("show history", [problem], "beamline app history --help");
  }
  // Event logs alone need no cluster.
  const client =
    name === undefined && flags.local === true ? undefined : await clusterFor(name, flags, cli);
  try {
    const server =
      client === undefined || flags.local === true
        ? undefined
        : await installedServer(client, signal);
    if (server !== undefined && client !== undefined) {
      await showInstalled(client, server, flags, terminal, signal);
    } else if (flags.local === false) {
      throw new BeamlineError(
        "NO_HISTORY_SERVER",
        "Cannot show history: the cluster has no Service labelled app.kubernetes.io/name=spark-history-server; leave out --no-local to start a History Server here, or install one: deploy/terraform has it",
      );
    } else {
      await showLocally({ name, client, flags, cli, terminal, signal });
    }
  } finally {
    client?.close();
  }
}

/** Without an application the cluster is only asked for its own server: none will do, too. */
async function clusterFor(name: string | undefined, flags: HistoryFlags, cli: Cli) {
  try {
    return await openCluster(flags, cli);
  } catch (error) {
    if (name !== undefined) throw error;
    return undefined;
  }
}

async function showInstalled(
  client: KubeClient,
  { namespace, service, port }: InstalledServer,
  flags: HistoryFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const forward = await forwardHttp({
    client,
    path: serviceProxyPath(namespace, service, port),
    port: flags.port ?? PORT,
    orFree: flags.port === undefined,
  });
  tell(terminal, forward.url, `The History Server ${namespace}/${service}, until Ctrl-C.`);
  await untilAborted(signal);
  await forward.close();
}

interface LocalRequest {
  readonly name: string | undefined;
  readonly client: KubeClient | undefined;
  readonly flags: HistoryFlags;
  readonly cli: Cli;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

async function showLocally(request: LocalRequest): Promise<void> {
  const { flags, cli, terminal, signal } = request;
  const { bucket, folder, sparkIds, object } = await whereLogsAre(request);
  const buckets = openBuckets(flags, cli, object, signal);
  const target = await mkdtemp(join(tmpdir(), "beamline-history-"));
  try {
    const onProgress = (text: string) => terminal.progress(text);
    onProgress("fetching event logs");
    const storage = await buckets(bucket);
    const objects: StoredObject[] = [];
    if (sparkIds === undefined) for await (const each of storage.list(folder)) objects.push(each);
    else objects.push(...(await eventLogObjects(storage, folder, sparkIds)));
    const count = await fetchLogs(storage, folder, objects, target);
    if (count === 0) {
      throw new BeamlineError(
        "NO_EVENT_LOGS",
        `Cannot show history: there are no event logs in s3://${bucket}/${folder}${sparkIds === undefined ? "" : " of this application"}; a run writes one when it has started, unless spark.eventLog.enabled is false`,
      );
    }
    const port = await freePort(flags.port ?? PORT, flags.port === undefined);
    const options = { folder: target, port, env: cli.env, signal, onProgress };
    const server = await startLocalHistory(options);
    try {
      terminal.progress(undefined);
      tell(
        terminal,
        server.url,
        `A History Server on this machine with ${countOf(count, "event log")}, until Ctrl-C.`,
      );
      await untilAborted(signal);
    } finally {
      await server.stop();
    }
  } finally {
    terminal.progress(undefined);
    await buckets.close();
    await rm(target, { recursive: true, force: true });
  }
}

async function whereLogsAre({ name, client, flags, signal }: LocalRequest) {
  let object: SparkApplicationObject | undefined;
  let sparkIds: readonly string[] | undefined;
  let eventLogs = flags.events;
  if (name !== undefined && client !== undefined) {
    const found = await findApp(client, name, signal);
    ({ object } = found);
    const { app } = found;
    eventLogs ??= app.eventLogs;
    sparkIds = [...app.earlierRuns, ...(app.sparkId === undefined ? [] : [app.sparkId])];
  }
  const place = eventLogPlace({ eventLogs });
  if (place === undefined || s3Place(eventLogs ?? "")?.key === undefined) {
    throw new BeamlineError(
      "NO_EVENT_LOGS",
      `Cannot show history: ${eventLogs === undefined ? `${name} writes no event log` : `${eventLogs} is not in S3`}; give its folder: --events s3://bucket/prefix/spark-events`,
    );
  }
  return { ...place, sparkIds, object };
}

function tell(terminal: Terminal, url: string, words: string): void {
  if (terminal.json) terminal.document({ url });
  else terminal.data(url);
  terminal.talk(words);
}

/** `wanted`, or another one when that is taken and any will do. */
async function freePort(wanted: number, orFree: boolean): Promise<number> {
  for (const port of orFree ? [wanted, 0] : [wanted]) {
    const found = await new Promise<number | undefined>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(undefined));
      server.listen(port, "localhost", () => {
        const address = server.address();
        server.close(() =>
          resolve(address !== null && typeof address === "object" ? address.port : port),
        );
      });
    });
    if (found !== undefined) return found;
  }
  throw new BeamlineError(
    "PORT_TAKEN",
    `Cannot listen on port ${wanted}: it is taken; give another --port, or 0 for a free one`,
  );
}
