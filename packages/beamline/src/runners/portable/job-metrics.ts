import { bucketOf, histogramOf, readUserMetric } from "../../harness/user-metrics.js";
import type { CounterValue } from "../../model/counter-value.js";
import { type MetricValue, mergeMetrics } from "../../model/metric.js";
import type { GetJobMetricsResponse } from "../../proto/gen/job-management/job_pb.js";
import type { MonitoringInfo } from "../../proto/gen/pipeline/metrics_pb.js";
import { monitoringLabels } from "../../proto/monitoring-infos.js";
import type { JobClient } from "./job-client.js";

/** The user's metrics of a job. */
export interface JobMetrics {
  /** Counters over bundles that succeeded. Spark does not tell: empty there. */
  readonly committed: readonly CounterValue[];
  /** Counters over all bundles, also those that failed and ran again. */
  readonly attempted: readonly CounterValue[];
  /** Metrics of all kinds, over bundles that succeeded or, where nobody tells, over all. */
  readonly metrics: readonly MetricValue[];
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
  const committed = valuesOf(metrics?.committed ?? [], names);
  const attempted = valuesOf(metrics?.attempted ?? [], names);
  return {
    committed: countersOf(committed),
    attempted: countersOf(attempted),
    metrics: committed.length > 0 ? committed : attempted,
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
    return { committed: [], attempted: [], metrics: [] };
  }
}

/** The committed counters, or the attempted ones of a runner that tells no others. */
export function finalCounters({ committed, attempted }: JobMetrics): readonly CounterValue[] {
  return committed.length > 0 ? committed : attempted;
}

function countersOf(values: readonly MetricValue[]): CounterValue[] {
  return values.flatMap(({ transform, name, data }) =>
    data.kind === "counter" ? [{ transform, name, value: data.value }] : [],
  );
}

/** The user's metrics among what a runner tells, in the graph's order. */
function valuesOf(
  infos: readonly MonitoringInfo[],
  names: readonly string[] | undefined,
): MetricValue[] {
  const values = new Map<string, MetricValue>();
  const histograms = new Map<string, Histogram>();
  const own = new Set(names);
  for (const { urn, labels, payload } of infos) {
    const data = readUserMetric(urn, payload);
    if (data === undefined) continue;
    const label = labels[monitoringLabels.transform] ?? "";
    const name = labels[monitoringLabels.name] ?? "";
    const transform = names === undefined ? label : ownerOf(label, own);
    const bucket = data.kind === "counter" ? bucketOf(name) : undefined;
    if (bucket !== undefined && data.kind === "counter") {
      const histogram = histogramIn(histograms, transform, bucket.of);
      const { buckets } = histogram;
      buckets.set(bucket.bound, (buckets.get(bucket.bound) ?? 0) + data.value);
      continue;
    }
    const key = JSON.stringify([transform, data.kind, name]);
    const present = values.get(key);
    const merged = present === undefined ? data : mergeMetrics(present.data, data);
    values.set(key, { transform, name, data: merged });
  }
  for (const { transform, name, buckets } of histograms.values()) {
    values.set(JSON.stringify([transform, "histogram", name]), {
      transform,
      name,
      data: histogramOf(buckets),
    });
  }
  const order = new Map((names ?? []).map((name, i) => [name, i]));
  const position = (transform: string) => order.get(transform) ?? order.size;
  return [...values.values()].sort((a, b) => position(a.transform) - position(b.transform));
}

interface Histogram {
  readonly transform: string;
  readonly name: string;
  readonly buckets: Map<number, number>;
}

function histogramIn(
  histograms: Map<string, Histogram>,
  transform: string,
  name: string,
): Histogram {
  const key = JSON.stringify([transform, name]);
  const present = histograms.get(key);
  if (present !== undefined) return present;
  const histogram: Histogram = { transform, name, buckets: new Map() };
  histograms.set(key, histogram);
  return histogram;
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
