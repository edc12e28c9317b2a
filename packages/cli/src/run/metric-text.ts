import { type MetricData, quantileOf } from "beamline";

/** A metric that is no counter, in a few words. */
export function metricText(data: MetricData): string {
  switch (data.kind) {
    case "counter":
    case "gauge":
      return short(data.value);
    case "distribution": {
      const { count, sum, min, max } = data;
      return `mean ${short(sum / count)}, ${short(min)} to ${short(max)}, of ${count}`;
    }
    case "stringSet":
      return data.values.join(", ");
    case "histogram": {
      const total = data.counts.reduce((sum, count) => sum + count, 0);
      const [half, most] = [0.5, 0.99].map((share) => bound(quantileOf(data, share)));
      return `half ${half}, 99% ${most}, of ${total}`;
    }
  }
}

function bound(value: number): string {
  return Number.isFinite(value) ? `up to ${short(value)}` : "above the last bound";
}

/** At most four digits where there is a fraction. */
function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
