import type { Block } from "../../engine/block.js";
import type { WindowedGrouper } from "../../engine/grouping/windowed-grouper.js";
import type { SpillSpace } from "../../engine/spill/spill-space.js";
import { blockOfRun } from "../../engine/spill/spilling-blocks.js";
import { BundleProcessor, type BundleProgress } from "../../exec/bundle-processor.js";
import type { StepCounts } from "../../exec/step-metrics.js";
import { BeamlineError, internalError } from "../../model/errors.js";
import { DROPPED_LATE } from "../../model/metric.js";
import type { BlockSink, OpenSpill } from "./block-sink.js";
import type { BundleOutput, BundleSplit, BundleWork, Executor } from "./bundle-work.js";
import { RestrictionFeed } from "./feed-restrictions.js";
import type { Dataset, Plan, PlannedStage } from "./plan.js";
import { isEndless, isSized } from "./restriction-stage.js";
import { Rests, truncateBlocks } from "./rests.js";
import type { Bundling } from "./run-options.js";
import { type Shard, Shards } from "./shard.js";
import { SideInputStore } from "./side-input-store.js";
import { openBlockSink } from "./sinks.js";
import { sourceOf } from "./sources.js";
import { StationState } from "./state-ports.js";

export interface ThreadExecutorOptions {
  readonly strictEncoding: boolean;
  readonly parallelism: number;
  readonly bundling: Bundling;
  readonly signal?: AbortSignal;
  /** Bounds what bundles gather, and reads what does not fit in memory. Default: nothing does. */
  readonly space?: SpillSpace | undefined;
  /** Asked between claims whether the running bundle is to give work away. Default: never. */
  readonly wantsSplit?: () => boolean;
  /** Says what bundles of streams change in what is kept for their keys. Default: false. */
  readonly keepsChanges?: boolean;
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
  private readonly shards: Shards;
  private readonly sides: SideInputStore;
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
    this.sides = new SideInputStore(options.space);
    this.shards = new Shards({
      keepsChanges: options.keepsChanges ?? false,
      shards: options.parallelism,
    });
  }

  get progress(): BundleProgress {
    return this.current?.progress ?? { elements: 0, bytes: 0 };
  }

  async run(work: BundleWork, onSplit?: (split: BundleSplit) => void): Promise<BundleOutput> {
    const stage = this.plan.stages.find(({ id }) => id === work.stage);
    if (stage === undefined) throw internalError(`No stage "${work.stage}" in the plan`);
    if (work.spill !== undefined) return this.spill(work, work.spill);
    this.sides.add(work.sideInputs);
    const station = this.stations.get(stage.id) ?? this.open(stage);
    const shard = this.shards.of(stage, work.shard, work.restore);
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
      const input = { ...work, blocks };
      const source = sourceOf(stage, input, shard, this.restrictions, this.options.space);
      const steps = await station.processor.run(source, this.options.signal);
      if (work.shard !== undefined) this.requireRoomFor(stage);
      shard?.commit();
      const { rests } = station;
      return {
        blocks: takeBlocks(station),
        steps: shard?.grouper === undefined ? steps : withLate(stage, steps, shard.grouper),
        ...(work.shard === undefined || shard === undefined ? {} : this.outcomeOf(shard, work)),
        ...(rests === undefined ? {} : { residuals: rests.take() }),
        ...(this.finalizers.length === 0 ? {} : { finalizes: true }),
      };
    } catch (error) {
      shard?.rollback();
      this.failed = station.processor.counts();
      for (const { sink } of station.sinks) sink.clear();
      // Its DoFns are in an unknown state: the next attempt gets new ones.
      this.stations.delete(stage.id);
      await station.processor.teardown().catch(() => undefined);
      throw error;
    } finally {
      this.current = undefined;
      this.restrictions = undefined;
    }
  }

  /** Throws where what streams keep for their keys alone takes all memory that the job may have. */
  private requireRoomFor({ id }: PlannedStage): void {
    const most = this.options.space?.options.stateBytes ?? Infinity;
    if (this.shards.bytes <= most) return;
    const megabytes = Math.round((most * this.options.parallelism) / 1e6);
    throw new BeamlineError(
      "STATE_TOO_LARGE",
      `Cannot keep the state of "${id}": what the job's steps keep for their keys takes more than its memory, ${megabytes} MB; have windows, timers or clear() end it sooner, or give the job more --memory`,
    );
  }

  private outcomeOf(shard: Shard, work: BundleWork): Pick<BundleOutput, "shard" | "change"> {
    const change = this.options.keepsChanges === true ? shard.takeChange(work) : undefined;
    return { shard: shard.times, ...(change === undefined ? {} : { change }) };
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
    this.options.space?.close();
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  /** Writes blocks that wait for their stage to disk. */
  private spill(
    { blocks }: BundleWork,
    { dataset, order }: NonNullable<BundleWork["spill"]>,
  ): BundleOutput {
    const { space } = this.options;
    const [first] = blocks;
    if (space === undefined || first === undefined) {
      throw internalError("Nobody can write blocks to disk here");
    }
    const block = { ...first, ...blockOfRun(space.write(blocks, order)) };
    return { blocks: [{ dataset, blocks: [block] }], steps: [] };
  }

  /** What the sinks of a dataset do with too much: only what ends is read from disk. */
  private openSpillOf({ id, isBounded }: Dataset): OpenSpill | undefined {
    const { space } = this.options;
    const reader = this.plan.stages.find(({ dataset }) => dataset?.id === id);
    // A stage that reads what ends may go on all the same, for what it reads from the side.
    if (space === undefined || !(reader?.isBounded ?? isBounded)) return undefined;
    return (order) => space.open(order);
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
      tableBytes: this.options.space?.options.tableBytes,
      onFinalize: (callback) => this.finalizers.push(callback),
      ...(rests === undefined ? {} : rests.hooks),
      ...(this.options.wantsSplit === undefined ? {} : { poll: this.poll }),
      openSink: (spec) => {
        const dataset = this.plan.datasets.get(spec.id);
        if (dataset === undefined) throw internalError(`No dataset "${spec.id}" in the plan`);
        const sink = openBlockSink(spec, dataset, {
          parallelism,
          bundling,
          openSpill: this.openSpillOf(dataset),
        });
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
