import type { CounterValue } from "../../model/counter-value.js";
import type { GetJobMetricsResponse } from "../../proto/gen/job-management/job_pb.js";
import type { MonitoringInfo } from "../../proto/gen/pipeline/metrics_pb.js";
import { monitoringInfoSpecs, monitoringLabels } from "../../proto/monitoring-infos.js";
import type { JobClient } from "./job-client.js";

/** The user's counters of a job. */
export interface JobMetrics {
  /** Over bundles that succeeded. Spark does not tell: empty there. */
  readonly committed: readonly CounterValue[];
  /** Over all bundles, also those that failed and ran again. */
  readonly attempted: readonly CounterValue[];
}

/**
 * Reads the counters out of what a job server reports.
 *
 * @param transforms - Names of the graph's transforms, in its order. A runner may report under the
 * name of a part that it made of a transform; the part is counted for the whole. Without the names
 * counters are left as they are.
 */
export function readJobMetrics(
  { metrics }: GetJobMetricsResponse,
  transforms?: Iterable<string>,
): JobMetrics {
  const names = transforms === undefined ? undefined : [...transforms];
  return {
    committed: countersOf(metrics?.committed ?? [], names),
    attempted: countersOf(metrics?.attempted ?? [], names),
  };
}

/** The counters of a finished job: none where the server fails to tell them, which fails no job. */
export async function metricsIfAny(
  client: Pick<JobClient, "metrics">,
  jobId: string,
  transforms?: Iterable<string>,
): Promise<JobMetrics> {
  try {
    return readJobMetrics(await client.metrics(jobId), transforms);
  } catch {
    return { committed: [], attempted: [] };
  }
}

/** The committed counters, or the attempted ones of a runner that tells no others. */
export function finalCounters({ committed, attempted }: JobMetrics): readonly CounterValue[] {
  return committed.length > 0 ? committed : attempted;
}

function countersOf(
  infos: readonly MonitoringInfo[],
  names: readonly string[] | undefined,
): CounterValue[] {
  const sums = new Map<string, { transform: string; name: string; value: number }>();
  const own = new Set(names);
  for (const { urn, labels, payload } of infos) {
    if (urn !== monitoringInfoSpecs.userSumInt64.urn) continue;
    const label = labels[monitoringLabels.transform] ?? "";
    const name = labels[monitoringLabels.name] ?? "";
    const transform = names === undefined ? label : ownerOf(label, own);
    const key = JSON.stringify([transform, name]);
    const value = decodeInt64(payload);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { transform, name, value });
    else sum.value += value;
  }
  const order = new Map((names ?? []).map((name, i) => [name, i]));
  const position = (transform: string) => order.get(transform) ?? order.size;
  return [...sums.values()].sort((a, b) => position(a.transform) - position(b.transform));
}

/** The transform of ours that a runner's transform is, or is a part of. */
function ownerOf(label: string, own: ReadonlySet<string>): string {
  if (own.has(label)) return label;
  // Prism's names for the parts of a splittable DoFn.
  const part = /^e(.+)_(?:pwr|splitnsize|processandsplit)$/.exec(label)?.[1];
  if (part !== undefined && own.has(part)) return part;
  for (let end = label.lastIndexOf("/"); end > 0; end = label.lastIndexOf("/", end - 1)) {
    const outer = label.slice(0, end);
    if (own.has(outer)) return outer;
  }
  return label;
}

/** A varint of 64 bits, negative ones in two's complement. */
function decodeInt64(bytes: Uint8Array): number {
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
  }
  return Number(BigInt.asIntN(64, value));
}
