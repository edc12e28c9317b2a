import type { Counter } from "../fn/context.js";

/** Counts of one step in the running bundle. */
export class StepMetrics {
  readonly step: string;
  /** Elements that came in. */
  elements = 0;
  private readonly internal: boolean;
  private readonly counters = new Map<string, BundleCounter>();

  constructor(step: string, internal = false) {
    this.step = step;
    this.internal = internal;
  }

  counter(name: string): Counter {
    let counter = this.counters.get(name);
    if (counter === undefined) {
      counter = new BundleCounter();
      this.counters.set(name, counter);
    }
    return counter;
  }

  reset(): void {
    this.elements = 0;
    for (const counter of this.counters.values()) counter.value = 0;
  }

  snapshot(): StepCounts {
    const counters: Record<string, number> = {};
    for (const [name, counter] of this.counters) counters[name] = counter.value;
    return { step: this.step, elements: this.elements, internal: this.internal, counters };
  }
}

/** What one bundle counted in one step. Plain data, fit for a message between threads. */
export interface StepCounts {
  readonly step: string;
  readonly elements: number;
  /** Whether the elements are not those of the transform's input but the engine's restrictions. */
  readonly internal: boolean;
  readonly counters: Readonly<Record<string, number>>;
}

class BundleCounter implements Counter {
  value = 0;

  inc(by = 1): void {
    this.value += by;
  }
}
