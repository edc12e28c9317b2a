import type { Block } from "../../engine/block.js";
import type { WindowedGrouper } from "../../engine/grouping/windowed-grouper.js";
import { BundleProcessor, type BundleProgress } from "../../exec/bundle-processor.js";
import type { StepCounts } from "../../exec/step-metrics.js";
import { internalError } from "../../model/errors.js";
import { DROPPED_LATE } from "../../model/metric.js";
import type { BlockSink } from "./block-sink.js";
import type { BundleOutput, BundleSplit, BundleWork, Executor } from "./bundle-work.js";
import { RestrictionFeed } from "./feed-restrictions.js";
import type { Plan, PlannedStage } from "./plan.js";
import { isEndless, isSized } from "./restriction-stage.js";
import { Rests, truncateBlocks } from "./rests.js";
import type { Bundling } from "./run-options.js";
import { Shards } from "./shard.js";
import { SideInputStore } from "./side-input-store.js";
import { openBlockSink } from "./sinks.js";
import { sourceOf } from "./sources.js";
import { StationState } from "./state-ports.js";

export interface ThreadExecutorOptions {
  readonly strictEncoding: boolean;
  readonly parallelism: number;
  readonly bundling: Bundling;
  readonly signal?: AbortSignal;
  /** Asked between claims whether the running bundle is to give work away. Default: never. */
  readonly wantsSplit?: () => boolean;
}

/** A stage compiled and ready: runs one bundle at a time. */
interface Station {
  readonly processor: BundleProcessor;
  readonly state: StationState;
  readonly rests: Rests | undefined;
  readonly sinks: readonly { readonly dataset: string; readonly sink: BlockSink }[];
}

/** Runs bundles on the thread that calls it. Keeps each stage compiled between its bundles. */
export class ThreadExecutor implements Executor {
  private readonly plan: Plan;
  private readonly options: ThreadExecutorOptions;
  private readonly stations = new Map<string, Station>();
  private readonly shards = new Shards();
  private readonly sides = new SideInputStore();
  private current: BundleProcessor | undefined;
  private currentStage: PlannedStage | undefined;
  private failed: readonly StepCounts[] = [];
  private restrictions: RestrictionFeed | undefined;
  private onSplit: ((split: BundleSplit) => void) | undefined;
  /** What user code wants to do once the last bundle is committed. */
  private finalizers: (() => void | Promise<void>)[] = [];

  constructor(plan: Plan, options: ThreadExecutorOptions) {
    this.plan = plan;
    this.options = options;
  }

  get progress(): BundleProgress {
    return this.current?.progress ?? { elements: 0, bytes: 0 };
  }

  async run(work: BundleWork, onSplit?: (split: BundleSplit) => void): Promise<BundleOutput> {
    const stage = this.plan.stages.find(({ id }) => id === work.stage);
    if (stage === undefined) throw internalError(`No stage "${work.stage}" in the plan`);
    this.sides.add(work.sideInputs);
    const station = this.stations.get(stage.id) ?? this.open(stage);
    const shard = this.shards.of(stage, work.shard);
    this.current = station.processor;
    this.currentStage = stage;
    shard?.begin(work.times);
    station.state.use(shard?.state);
    station.rests?.begin();
    this.finalizers = [];
    try {
      const blocks =
        work.drains === true && isEndless(stage) ? truncateBlocks(stage, work.blocks) : work.blocks;
      this.onSplit = onSplit;
      this.restrictions = feedOf(stage, blocks);
      const input = { blocks, times: work.times };
      const source = sourceOf(stage, input, shard, this.restrictions);
      const steps = await station.processor.run(source, this.options.signal);
      shard?.commit();
      const { rests } = station;
      return {
        blocks: takeBlocks(station),
        steps: shard?.grouper === undefined ? steps : withLate(stage, steps, shard.grouper),
        ...(work.shard === undefined || shard === undefined ? {} : { shard: shard.times }),
        ...(rests === undefined ? {} : { residuals: rests.take() }),
        ...(this.finalizers.length === 0 ? {} : { finalizes: true }),
      };
    } catch (error) {
      shard?.rollback();
      this.failed = station.processor.counts();
      // Its DoFns are in an unknown state: the next attempt gets new ones.
      this.stations.delete(stage.id);
      await station.processor.teardown().catch(() => undefined);
      throw error;
    } finally {
      this.current = undefined;
      this.restrictions = undefined;
    }
  }

  /** Gives work of the running bundle away, if anybody wants it and there is some. */
  private readonly poll = (): void => {
    if (this.options.wantsSplit?.() !== true) return;
    const [input] = this.currentStage?.inputs ?? [];
    if (input === undefined) return;
    const split = this.restrictions?.split(this.current?.activeRestriction(input));
    if (split !== undefined) this.onSplit?.(split);
  };

  finalize(): void {
    const { finalizers } = this;
    this.finalizers = [];
    // As Beam has it: with the best effort, and no more.
    for (const finalizer of finalizers)
      void (async () => await finalizer())().catch(() => undefined);
  }

  failedCounts(): readonly StepCounts[] {
    return this.failed;
  }

  async close(): Promise<void> {
    const stations = [...this.stations.values()];
    this.stations.clear();
    const results = await Promise.allSettled(stations.map(({ processor }) => processor.teardown()));
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  private open(stage: PlannedStage): Station {
    const { strictEncoding, parallelism, bundling } = this.options;
    const sinks: { dataset: string; sink: BlockSink }[] = [];
    const state = new StationState();
    const rests = isEndless(stage) ? new Rests(stage.dataset) : undefined;
    const processor = new BundleProcessor(stage, {
      strictEncoding,
      parallelism,
      sideInputs: this.sides,
      state: state.ports,
      timers: state.ports,
      onFinalize: (callback) => this.finalizers.push(callback),
      ...(rests === undefined ? {} : rests.hooks),
      ...(this.options.wantsSplit === undefined ? {} : { poll: this.poll }),
      openSink: (spec) => {
        const dataset = this.plan.datasets.get(spec.id);
        if (dataset === undefined) throw internalError(`No dataset "${spec.id}" in the plan`);
        const sink = openBlockSink(spec, dataset, { parallelism, bundling });
        sinks.push({ dataset: dataset.id, sink });
        return sink;
      },
    });
    const station = { processor, state, rests, sinks };
    this.stations.set(stage.id, station);
    return station;
  }
}

function takeBlocks({ sinks }: Station): { dataset: string; blocks: Block[] }[] {
  return sinks.map(({ dataset, sink }) => ({ dataset, blocks: sink.take() }));
}

/** The feed of a source that ends, whose bundles may be split. */
function feedOf(stage: PlannedStage, blocks: readonly Block[]): RestrictionFeed | undefined {
  return isSized(stage) ? new RestrictionFeed(stage.dataset.coder, blocks) : undefined;
}

/** Says how many elements came too late for their windows. */
function withLate(
  { id }: PlannedStage,
  steps: readonly StepCounts[],
  { droppedLate }: WindowedGrouper,
): readonly StepCounts[] {
  if (droppedLate === 0) return steps;
  const counters = { [DROPPED_LATE]: droppedLate };
  return [...steps, { step: id, elements: 0, internal: true, counters }];
}
