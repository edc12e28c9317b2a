/** What a Spark master's web page tells about one of its workers and drivers. */
interface ClusterState {
  readonly workers?: readonly { readonly id?: string; readonly webuiaddress?: string }[];
  readonly activedrivers?: readonly Driver[];
  readonly completeddrivers?: readonly Driver[];
}

interface Driver {
  readonly id?: string;
  readonly worker?: string;
}

const LAST_BYTES = 100_000;
const TIMEOUT_MS = 5_000;

/**
 * The end of what a driver on a standalone cluster wrote to stderr, from the web pages of the
 * cluster; undefined where they cannot be reached.
 *
 * @param webUrl - The master's page, such as `http://host:8080`.
 */
export async function readDriverLog(
  webUrl: string,
  submissionId: string,
): Promise<string | undefined> {
  try {
    const cluster: ClusterState = JSON.parse(await get(`${webUrl.replace(/\/+$/, "")}/json/`));
    const drivers = [...(cluster.completeddrivers ?? []), ...(cluster.activedrivers ?? [])];
    const driver = drivers.find(({ id }) => id === submissionId);
    const worker = cluster.workers?.find(({ id }) => id === driver?.worker);
    if (worker?.webuiaddress === undefined) return undefined;
    const query = new URLSearchParams({
      driverId: submissionId,
      logType: "stderr",
      byteLength: String(LAST_BYTES),
    });
    return await get(`${worker.webuiaddress}/log/?${query}`);
  } catch {
    return undefined;
  }
}

async function get(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return await response.text();
}

/** The line of a Java program's log that says most about why it ended. */
export function lastCause(log: string): string | undefined {
  const causes = log
    .split("\n")
    .flatMap((line) => /^(?:Caused by: |Exception in thread "[^"]*" )(.+)$/.exec(line)?.[1] ?? []);
  return causes.at(-1);
}
