import type {
  Counter,
  Distribution,
  Gauge,
  Histogram,
  MetricsContext,
  StringSet,
} from "../fn/metrics.js";
import type { MetricData } from "../model/metric.js";
import { BucketCell, CounterCell, DistributionCell, GaugeCell, SetCell } from "./metric-cells.js";

interface Cell {
  reset(): void;
  /** Undefined while there is nothing to tell. */
  data(): MetricData | undefined;
}

/** Counts of one step in the running bundle. */
export class StepMetrics implements MetricsContext {
  readonly step: string;
  /** Elements that came in. */
  elements = 0;
  private readonly internal: boolean;
  private readonly counters = new Map<string, CounterCell>();
  /** Of the other kinds, by kind and name. */
  private readonly cells = new Map<string, { readonly name: string; readonly cell: Cell }>();

  constructor(step: string, internal = false) {
    this.step = step;
    this.internal = internal;
  }

  counter(name: string): Counter {
    let counter = this.counters.get(name);
    if (counter === undefined) {
      counter = new CounterCell();
      this.counters.set(name, counter);
    }
    return counter;
  }

  distribution(name: string): Distribution {
    return this.cell(name, "distribution", () => new DistributionCell());
  }

  gauge(name: string): Gauge {
    return this.cell(name, "gauge", () => new GaugeCell());
  }

  stringSet(name: string): StringSet {
    return this.cell(name, "stringSet", () => new SetCell());
  }

  histogram(name: string, bounds?: readonly number[]): Histogram {
    return this.cell(name, "histogram", () => new BucketCell(name, bounds));
  }

  reset(): void {
    this.elements = 0;
    for (const counter of this.counters.values()) counter.value = 0;
    for (const { cell } of this.cells.values()) cell.reset();
  }

  snapshot(): StepCounts {
    const counters: Record<string, number> = {};
    for (const [name, counter] of this.counters) counters[name] = counter.value;
    const counts = { step: this.step, elements: this.elements, internal: this.internal, counters };
    const metrics = [...this.cells.values()].flatMap(({ name, cell }) => {
      const data = cell.data();
      return data === undefined ? [] : [{ name, data }];
    });
    return metrics.length === 0 ? counts : { ...counts, metrics };
  }

  private cell<C extends Cell>(name: string, kind: MetricData["kind"], make: () => C): C {
    const id = `${kind} ${name}`;
    const present = this.cells.get(id);
    if (present !== undefined) return present.cell as C;
    const cell = make();
    this.cells.set(id, { name, cell });
    return cell;
  }
}

/** A metric that is no counter. */
export interface NamedMetric {
  readonly name: string;
  readonly data: MetricData;
}

/** What one bundle counted in one step. Plain data, fit for a message between threads. */
export interface StepCounts {
  readonly step: string;
  readonly elements: number;
  /** Whether the elements are not those of the transform's input but the engine's restrictions. */
  readonly internal: boolean;
  readonly counters: Readonly<Record<string, number>>;
  /** Metrics of other kinds. Default: none. */
  readonly metrics?: readonly NamedMetric[];
}
