import type {
  Counter,
  Distribution,
  Gauge,
  Histogram,
  MetricsContext,
  StringSet,
} from "../fn/metrics.js";
import type { OperatorContext } from "./operator.js";

/** The metrics of the step that user code runs in: the base of every `ctx`. */
export class StepMetricsContext implements MetricsContext {
  protected readonly operator: OperatorContext;

  constructor(operator: OperatorContext) {
    this.operator = operator;
  }

  counter(name: string): Counter {
    return this.operator.metrics.counter(name);
  }

  distribution(name: string): Distribution {
    return this.operator.metrics.distribution(name);
  }

  gauge(name: string): Gauge {
    return this.operator.metrics.gauge(name);
  }

  stringSet(name: string): StringSet {
    return this.operator.metrics.stringSet(name);
  }

  histogram(name: string, bounds?: readonly number[]): Histogram {
    return this.operator.metrics.histogram(name, bounds);
  }
}
