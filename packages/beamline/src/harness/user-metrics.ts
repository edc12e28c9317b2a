import { ByteReader } from "../bytes/byte-reader.js";
import { ByteWriter } from "../bytes/byte-writer.js";
import { iterable } from "../coders/iterable.js";
import { stringUtf8 } from "../coders/string-utf8.js";
import type { HistogramData, MetricData } from "../model/metric.js";
import { type MonitoringInfoSpec, monitoringInfoSpecs } from "../proto/monitoring-infos.js";

/** A user metric, or a part of one, as Beam's runners take it. */
export interface UserMetricPayload {
  readonly name: string;
  readonly spec: MonitoringInfoSpec;
  readonly payload: Uint8Array;
}

const {
  userSumInt64,
  userDistributionInt64,
  userDistributionDouble,
  userLatestInt64,
  userLatestDouble,
  userSetString,
} = monitoringInfoSpecs;

const strings = iterable(stringUtf8);

/**
 * What stands between a histogram's name and the bound of one of its buckets. Beam has no metric
 * for histograms, so each bucket travels as a counter, which every runner adds up.
 */
const BUCKET = " ≤ ";

/** A metric in the encodings of Beam's `metrics.proto`; those of whole numbers where they will do. */
export function userMetricPayloads(name: string, data: MetricData): UserMetricPayload[] {
  switch (data.kind) {
    case "counter":
      return [{ name, spec: userSumInt64, payload: varints(data.value) }];
    case "distribution": {
      const { count, sum, min, max } = data;
      const isWhole = [sum, min, max].every(Number.isSafeInteger);
      const spec = isWhole ? userDistributionInt64 : userDistributionDouble;
      const payload = isWhole
        ? varints(count, sum, min, max)
        : varintAndDoubles(count, sum, min, max);
      return [{ name, spec, payload }];
    }
    case "gauge": {
      const { value, timestamp } = data;
      return Number.isSafeInteger(value)
        ? [{ name, spec: userLatestInt64, payload: varints(timestamp, value) }]
        : [{ name, spec: userLatestDouble, payload: varintAndDoubles(timestamp, value) }];
    }
    case "stringSet": {
      const out = new ByteWriter(256);
      strings.encode(data.values, out);
      return [{ name, spec: userSetString, payload: out.toBytes() }];
    }
    case "histogram":
      return data.counts.map((count, i) => ({
        name: `${name}${BUCKET}${data.bounds[i] ?? "∞"}`,
        spec: userSumInt64,
        payload: varints(count),
      }));
  }
}

/** Reads a user metric that a runner reports; undefined for one of a kind that is not ours. */
export function readUserMetric(urn: string, payload: Uint8Array): MetricData | undefined {
  const input = new ByteReader(payload);
  switch (urn) {
    case userSumInt64.urn:
      return { kind: "counter", value: input.readVarint() };
    case userDistributionInt64.urn: {
      const [count, sum, min, max] = [0, 0, 0, 0].map(() => input.readVarint());
      return distribution(count, sum, min, max);
    }
    case userDistributionDouble.urn: {
      const count = input.readVarint();
      const [sum, min, max] = [0, 0, 0].map(() => input.readFloat64());
      return distribution(count, sum, min, max);
    }
    case userLatestInt64.urn: {
      const timestamp = input.readVarint();
      return { kind: "gauge", timestamp, value: input.readVarint() };
    }
    case userLatestDouble.urn: {
      const timestamp = input.readVarint();
      return { kind: "gauge", timestamp, value: input.readFloat64() };
    }
    case userSetString.urn:
      return { kind: "stringSet", values: [...strings.decode(input)].sort() };
    default:
      return undefined;
  }
}

/** A counter under its name in the job, or a bucket of a histogram. */
export function bucketOf(
  name: string,
): { readonly of: string; readonly bound: number } | undefined {
  const at = name.lastIndexOf(BUCKET);
  if (at < 0) return undefined;
  const bound = name.slice(at + BUCKET.length);
  return { of: name.slice(0, at), bound: bound === "∞" ? Number.POSITIVE_INFINITY : Number(bound) };
}

/** Puts the buckets of a histogram together again. */
export function histogramOf(buckets: ReadonlyMap<number, number>): HistogramData {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  return {
    kind: "histogram",
    bounds: sorted.map(([bound]) => bound).filter(Number.isFinite),
    counts: sorted.map(([, count]) => count),
  };
}

function distribution(count = 0, sum = 0, min = 0, max = 0): MetricData {
  return { kind: "distribution", count, sum, min, max };
}

function varints(...values: readonly number[]): Uint8Array {
  const out = new ByteWriter(40);
  for (const value of values) out.writeVarint(Math.trunc(value));
  return out.toBytes();
}

function varintAndDoubles(first: number, ...values: readonly number[]): Uint8Array {
  const out = new ByteWriter(40);
  out.writeVarint(first);
  for (const value of values) out.writeFloat64(value);
  return out.toBytes();
}
