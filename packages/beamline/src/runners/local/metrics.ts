import type { NamedMetric, StepCounts } from "../../exec/step-metrics.js";
import type { Graph } from "../../graph/nodes.js";
import { type MetricData, type MetricValue, mergeMetrics } from "../../model/metric.js";
import type { CounterValue, TransformCount } from "./run-options.js";

/** Adds up what committed bundles counted. */
export class RunMetrics {
  /** Elements through the busiest step of each bundle, for progress. */
  elements = 0;
  private readonly perTransform = new Map<string, number>();
  private readonly counters = new Map<string, Map<string, number>>();
  /** Metrics of other kinds, by transform, and by kind and name. */
  private readonly others = new Map<string, Map<string, { name: string; data: MetricData }>>();

  commit(steps: readonly StepCounts[]): void {
    let most = 0;
    for (const { step, elements, internal, counters, metrics = [] } of steps) {
      most = Math.max(most, elements);
      if (!internal) add(this.perTransform, step, elements);
      for (const [name, value] of Object.entries(counters)) {
        let own = this.counters.get(step);
        if (own === undefined) {
          own = new Map();
          this.counters.set(step, own);
        }
        add(own, name, value);
      }
      for (const metric of metrics) this.merge(step, metric);
    }
    this.elements += most;
  }

  counterValues(graph: Graph): CounterValue[] {
    return [...graph.transforms.keys()].flatMap((transform) =>
      [...(this.counters.get(transform) ?? [])].map(([name, value]) => ({
        transform,
        name,
        value,
      })),
    );
  }

  /** Metrics of every kind, counters among them, in pipeline order. */
  metricValues(graph: Graph): MetricValue[] {
    const counters = this.counterValues(graph).map(
      ({ transform, name, value }): MetricValue => ({
        transform,
        name,
        data: { kind: "counter", value },
      }),
    );
    const others = [...graph.transforms.keys()].flatMap((transform) =>
      [...(this.others.get(transform)?.values() ?? [])].map(({ name, data }) => ({
        transform,
        name,
        data,
      })),
    );
    return [...counters, ...others];
  }

  private merge(step: string, { name, data }: NamedMetric): void {
    let own = this.others.get(step);
    if (own === undefined) {
      own = new Map();
      this.others.set(step, own);
    }
    const id = `${data.kind} ${name}`;
    const present = own.get(id);
    own.set(id, { name, data: present === undefined ? data : mergeMetrics(present.data, data) });
  }

  transformCounts(graph: Graph): TransformCount[] {
    return [...graph.transforms.keys()].flatMap((transform) => {
      const elements = this.perTransform.get(transform);
      return elements === undefined ? [] : [{ transform, elements }];
    });
  }
}

function add(map: Map<string, number>, key: string, value: number): void {
  map.set(key, (map.get(key) ?? 0) + value);
}
