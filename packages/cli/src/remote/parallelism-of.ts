const ANSWER_MS = 2_000;

interface SparkFlags {
  readonly runner?: string | undefined;
  readonly jobEndpoint?: string | undefined;
  readonly sparkMaster?: string | undefined;
  readonly sparkConf?: readonly (readonly [string, string])[] | undefined;
}

/**
 * How many tasks the Spark that the flags start can run at a time; undefined where a worker knows
 * as well (`local[*]`), or where the flags do not tell.
 */
export function parallelismOf({ jobEndpoint, sparkMaster }: SparkFlags): number | undefined {
  if (jobEndpoint !== undefined || sparkMaster === undefined) return undefined;
  if (sparkMaster === "local") return 1;
  const [, threads] = /^local\[(\d+)(?:,\d+)?\]$/.exec(sparkMaster) ?? [];
  return threads === undefined ? undefined : Number(threads);
}

/**
 * How many tasks a standalone cluster can run at a time for one application: what Spark's
 * properties allow, of the cores that the master's web page shows. Undefined where neither tells.
 */
export async function clusterParallelism(
  { sparkConf = [] }: SparkFlags,
  webUrl: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const allowed = coresAllowed(Object.fromEntries(sparkConf));
  const present = await coresOf(webUrl, signal);
  if (allowed === undefined || present === undefined) return allowed ?? present;
  return Math.min(allowed, present);
}

function coresAllowed(conf: Readonly<Record<string, string>>): number | undefined {
  const count = (name: string) => {
    const value = Number(conf[name] ?? Number.NaN);
    return Number.isInteger(value) && value >= 1 ? value : undefined;
  };
  const most = count("spark.cores.max");
  const instances = count("spark.executor.instances");
  const cores = count("spark.executor.cores");
  if (instances === undefined || cores === undefined) return most;
  return Math.min(instances * cores, most ?? Number.POSITIVE_INFINITY);
}

/** The page may be out of reach, where the REST server is not: it is no more than a hint. */
async function coresOf(webUrl: string, signal: AbortSignal): Promise<number | undefined> {
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    const answer = await fetch(new URL("/json/", webUrl), { signal: patience });
    const { cores } = (await answer.json()) as { readonly cores?: unknown };
    return typeof cores === "number" && cores >= 1 ? cores : undefined;
  } catch {
    return undefined;
  }
}
