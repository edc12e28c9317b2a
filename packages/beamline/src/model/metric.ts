/** What a metric of user code came to. */
export type MetricData =
  | { readonly kind: "counter"; readonly value: number }
  | DistributionData
  /** `timestamp`: when it was set, in milliseconds since the epoch. */
  | { readonly kind: "gauge"; readonly value: number; readonly timestamp: number }
  /** In the order of their text. */
  | { readonly kind: "stringSet"; readonly values: readonly string[] }
  | HistogramData;

export interface DistributionData {
  readonly kind: "distribution";
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** `counts[i]` values were at most `bounds[i]` and above the bound before; the last count is of the rest. */
export interface HistogramData {
  readonly kind: "histogram";
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** A metric of one transform. */
export interface MetricValue {
  /** Unique name of the transform. */
  readonly transform: string;
  readonly name: string;
  readonly data: MetricData;
}

/**
 * What two parts of a job make together. Parts of different kinds, or histograms of different
 * bounds, cannot be put together: the first stands.
 */
export function mergeMetrics(a: MetricData, b: MetricData): MetricData {
  switch (a.kind) {
    case "counter":
      return b.kind === "counter" ? { kind: "counter", value: a.value + b.value } : a;
    case "distribution":
      if (b.kind !== "distribution") return a;
      return {
        kind: "distribution",
        count: a.count + b.count,
        sum: a.sum + b.sum,
        min: Math.min(a.min, b.min),
        max: Math.max(a.max, b.max),
      };
    case "gauge":
      return b.kind === "gauge" && b.timestamp >= a.timestamp ? b : a;
    case "stringSet":
      if (b.kind !== "stringSet") return a;
      return { kind: "stringSet", values: [...new Set([...a.values, ...b.values])].sort() };
    case "histogram":
      if (b.kind !== "histogram" || !sameBounds(a, b)) return a;
      return { ...a, counts: a.counts.map((count, i) => count + (b.counts[i] ?? 0)) };
  }
}

function sameBounds({ bounds }: HistogramData, other: HistogramData): boolean {
  return (
    bounds.length === other.bounds.length && bounds.every((bound, i) => bound === other.bounds[i])
  );
}

/** The bound below which a share of a histogram's values lies, such as 0.99; Infinity past the last. */
export function quantileOf({ bounds, counts }: HistogramData, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [i, count] of counts.entries()) {
    seen += count;
    if (total > 0 && seen >= total * share) return bounds[i] ?? Number.POSITIVE_INFINITY;
  }
  return Number.NaN;
}

/** Beam's name of the counter of elements that came too late for their windows. */
export const DROPPED_LATE = "DroppedDueToLateness";
