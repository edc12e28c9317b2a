import { WindowedGrouper } from "../../engine/grouping/windowed-grouper.js";
import { KeyedState } from "../../engine/state/keyed-state.js";
import type { BundleTimes, ShardTimes } from "./bundle-work.js";
import type { Dataset } from "./plan.js";

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

  begin(times: BundleTimes): void {
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
