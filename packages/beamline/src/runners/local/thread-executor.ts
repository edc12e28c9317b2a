import { BundleProcessor, type BundleProgress } from "../../exec/bundle-processor.js";
import { internalError } from "../../model/errors.js";
import type { BundleOutput, BundleWork, Executor } from "./bundle-work.js";
import type { Plan, PlannedStage } from "./plan.js";
import { type BlockSink, openBlockSink } from "./sinks.js";
import { sourceOf } from "./sources.js";

export interface ThreadExecutorOptions {
  readonly strictEncoding: boolean;
  readonly parallelism: number;
  readonly signal?: AbortSignal;
}

interface Station {
  readonly processor: BundleProcessor;
  readonly sinks: readonly { readonly dataset: string; readonly sink: BlockSink }[];
}

/** Runs bundles on the thread that calls it. Keeps each stage compiled between its bundles. */
export class ThreadExecutor implements Executor {
  private readonly plan: Plan;
  private readonly options: ThreadExecutorOptions;
  private readonly stations = new Map<string, Station>();
  private current: BundleProcessor | undefined;

  constructor(plan: Plan, options: ThreadExecutorOptions) {
    this.plan = plan;
    this.options = options;
  }

  get progress(): BundleProgress {
    return this.current?.progress ?? { elements: 0, bytes: 0 };
  }

  async run(work: BundleWork): Promise<BundleOutput> {
    const stage = this.plan.stages.find(({ id }) => id === work.stage);
    if (stage === undefined) throw internalError(`No stage "${work.stage}" in the plan`);
    const station = this.stations.get(stage.id) ?? this.open(stage);
    this.current = station.processor;
    try {
      const source = sourceOf(stage, work.blocks);
      const steps = await station.processor.run(source, this.options.signal);
      return {
        blocks: station.sinks.map(({ dataset, sink }) => ({ dataset, blocks: sink.take() })),
        steps,
      };
    } catch (error) {
      // Its DoFns are in an unknown state: the next attempt gets new ones.
      this.stations.delete(stage.id);
      await station.processor.teardown().catch(() => undefined);
      throw error;
    } finally {
      this.current = undefined;
    }
  }

  async close(): Promise<void> {
    const stations = [...this.stations.values()];
    this.stations.clear();
    const results = await Promise.allSettled(stations.map(({ processor }) => processor.teardown()));
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  private open(stage: PlannedStage): Station {
    const { strictEncoding, parallelism } = this.options;
    const sinks: { dataset: string; sink: BlockSink }[] = [];
    const processor = new BundleProcessor(stage, {
      strictEncoding,
      parallelism,
      openSink: (spec) => {
        const dataset = this.plan.datasets.get(spec.id);
        if (dataset === undefined) throw internalError(`No dataset "${spec.id}" in the plan`);
        const sink = openBlockSink(spec, dataset, parallelism);
        sinks.push({ dataset: dataset.id, sink });
        return sink;
      },
    });
    const station = { processor, sinks };
    this.stations.set(stage.id, station);
    return station;
  }
}
