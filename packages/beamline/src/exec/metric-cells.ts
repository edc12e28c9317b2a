import type { Counter, Distribution, Gauge, Histogram, StringSet } from "../fn/metrics.js";
import { BeamlineError } from "../model/errors.js";
import type { MetricData } from "../model/metric.js";

// What user code holds for one metric while a bundle runs. A cell outlives the bundle: reset() makes
// it fresh, so that user code may keep it.

export class CounterCell implements Counter {
  value = 0;

  inc(by = 1): void {
    this.value += by;
  }
}

export class DistributionCell implements Distribution {
  private count = 0;
  private sum = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;

  update(value: number): void {
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  reset(): void {
    this.count = 0;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
  }

  data(): MetricData | undefined {
    const { count, sum, min, max } = this;
    return count === 0 ? undefined : { kind: "distribution", count, sum, min, max };
  }
}

export class GaugeCell implements Gauge {
  private latest: { readonly value: number; readonly timestamp: number } | undefined;

  set(value: number): void {
    this.latest = { value, timestamp: Date.now() };
  }

  reset(): void {
    this.latest = undefined;
  }

  data(): MetricData | undefined {
    return this.latest === undefined ? undefined : { kind: "gauge", ...this.latest };
  }
}

export class SetCell implements StringSet {
  private readonly values = new Set<string>();

  add(value: string): void {
    this.values.add(value);
  }

  reset(): void {
    this.values.clear();
  }

  data(): MetricData | undefined {
    if (this.values.size === 0) return undefined;
    return { kind: "stringSet", values: [...this.values].sort() };
  }
}

const POWERS_OF_TWO: readonly number[] = Object.freeze(
  Array.from({ length: 31 }, (_, i) => 2 ** i),
);

export class BucketCell implements Histogram {
  private readonly bounds: readonly number[];
  private readonly counts: number[];

  constructor(name: string, bounds: readonly number[] = POWERS_OF_TWO) {
    if (bounds.length === 0 || bounds.some((bound, i) => !(bound > (bounds[i - 1] ?? -Infinity)))) {
      throw new BeamlineError(
        "BAD_HISTOGRAM",
        `Cannot make the histogram "${name}": its bounds are ${JSON.stringify(bounds)}; give numbers, each greater than the one before`,
      );
    }
    this.bounds = Object.freeze([...bounds]);
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  update(value: number): void {
    // The first bound that is not below the value.
    let low = 0;
    let high = this.bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.bounds[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    this.counts[low] = (this.counts[low] as number) + 1;
  }

  reset(): void {
    this.counts.fill(0);
  }

  data(): MetricData | undefined {
    if (this.counts.every((count) => count === 0)) return undefined;
    return { kind: "histogram", bounds: this.bounds, counts: [...this.counts] };
  }
}
