import type { StepCounts } from "../../exec/step-metrics.js";
import type { Graph } from "../../graph/nodes.js";
import type { CounterValue, TransformCount } from "./run-options.js";

/** Adds up what committed bundles counted. */
export class RunMetrics {
  /** Elements through the busiest step of each bundle, for progress. */
  elements = 0;
  private readonly perTransform = new Map<string, number>();
  private readonly counters = new Map<string, Map<string, number>>();

  commit(steps: readonly StepCounts[]): void {
    let most = 0;
    for (const { step, elements, internal, counters } of steps) {
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
