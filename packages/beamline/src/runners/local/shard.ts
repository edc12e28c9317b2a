import { WindowedGrouper } from "../../engine/grouping/windowed-grouper.js";
import { KeyedState } from "../../engine/state/keyed-state.js";
import type { Times } from "../../engine/times.js";
import { getOrMake } from "../../model/get-or-make.js";
import type { ShardTimes } from "./bundle-work.js";
import type { Dataset, PlannedStage } from "./plan.js";

/**
 * What a stage keeps for a share of the keys: between its bundles where its input may never end,
 * for one bundle otherwise.
 */
export class Shard {
  readonly grouper: WindowedGrouper | undefined;
  readonly state: KeyedState | undefined;
  private readonly kept: WindowedGrouper | KeyedState | undefined;

  constructor({ kind, grouping, windowing }: Dataset) {
    this.grouper = grouping === "triggered" ? new WindowedGrouper(windowing) : undefined;
    this.state = kind === "keyed" ? new KeyedState() : undefined;
    this.kept = this.grouper ?? this.state;
  }

  begin(times: Times): void {
    this.grouper?.begin();
    this.state?.startBundle(times);
  }

  commit(): void {
    this.kept?.commit();
  }

  /** Leaves everything as it was before {@link begin}. */
  rollback(): void {
    this.kept?.rollback();
  }

  get times(): ShardTimes {
    const { hold, nextEventTime, nextProcessingTime } = this.kept ?? {};
    return { hold, nextEventTime, nextProcessingTime };
  }
}

/** The shards that an executor keeps from bundle to bundle. */
export class Shards {
  /** By number and stage. */
  private readonly kept = new Map<string, Shard>();

  /** What the stage keeps for a bundle's keys; for the bundle alone where it has no number. */
  of({ id, dataset }: PlannedStage, number: number | undefined): Shard | undefined {
    if (dataset === undefined) return undefined;
    if (number === undefined) return new Shard(dataset);
    return getOrMake(this.kept, `${number} ${id}`, () => new Shard(dataset));
  }
}
