import type { Block } from "../../engine/block.js";
import { WindowedGrouper } from "../../engine/grouping/windowed-grouper.js";
import { KeyedState } from "../../engine/state/keyed-state.js";
import type { Times } from "../../engine/times.js";
import type { BundleWork, KeptChange, ShardChange, ShardCopy, ShardTimes } from "./bundle-work.js";
import type { Dataset, PlannedStage } from "./plan.js";
import { replayGroups } from "./replay-groups.js";

/** Changes that are not worth a snapshot, however small the shard is: of all shards of a stage. */
const FEW_BYTES = 32 * 1024 * 1024;
/** How many times as large as the last snapshot its changes may be. */
const MOST_CHANGES = 3;

export interface ShardOptions {
  /** Says what its bundles change, so that it can be made again elsewhere. Default: false. */
  readonly keepsChanges?: boolean;
  /** Shards of its stage. Default: 1. */
  readonly shards?: number;
  /** What it is to begin with. Default: nothing. */
  readonly copy?: ShardCopy | undefined;
}

/**
 * What a stage keeps for a share of the keys: between its bundles where its input may never end,
 * for one bundle otherwise.
 */
export class Shard {
  readonly grouper: WindowedGrouper | undefined;
  readonly state: KeyedState | undefined;
  private readonly kept: WindowedGrouper | KeyedState | undefined;
  /** Bytes of the last snapshot, and of what has changed since. */
  private snapshotBytes = 0;
  private changedBytes = 0;
  private readonly fewBytes: number;

  constructor(dataset: Dataset, { keepsChanges = false, shards = 1, copy }: ShardOptions = {}) {
    const { kind, grouping, windowing } = dataset;
    const snapshot = copy?.snapshot;
    if (grouping === "triggered") {
      this.grouper =
        snapshot === undefined
          ? new WindowedGrouper(windowing)
          : WindowedGrouper.restore(windowing, snapshot);
    }
    if (kind === "keyed") {
      this.state =
        snapshot === undefined
          ? new KeyedState({ keepsChanges })
          : KeyedState.restore(snapshot, { keepsChanges });
    }
    this.kept = this.grouper ?? this.state;
    this.fewBytes = FEW_BYTES / shards;
    this.snapshotBytes = snapshot?.length ?? 0;
    for (const change of copy?.changes ?? []) this.replay(change);
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

  /** What is kept, about. */
  get bytes(): number {
    return this.kept?.bytes ?? 0;
  }

  get times(): ShardTimes {
    const { hold, nextEventTime, nextProcessingTime } = this.kept ?? {};
    return { hold, nextEventTime, nextProcessingTime };
  }

  /** How the bundle that was committed last, that of `work`, has changed it. */
  takeChange({ blocks }: BundleWork): ShardChange | undefined {
    const { state, kept } = this;
    if (kept === undefined) return undefined;
    const change: ShardChange =
      state === undefined ? { kind: "input" } : { kind: "state", bytes: state.changes() };
    this.changedBytes += change.kind === "state" ? change.bytes.length : bytesOf(blocks);
    if (this.changedBytes <= Math.max(this.fewBytes, MOST_CHANGES * this.snapshotBytes)) {
      return change;
    }
    const bytes = kept.snapshot();
    this.snapshotBytes = bytes.length;
    this.changedBytes = 0;
    return { kind: "snapshot", bytes };
  }

  private replay(change: KeptChange): void {
    if (change.kind === "state") {
      this.state?.replay(change.bytes);
      this.changedBytes += change.bytes.length;
    } else if (this.grouper !== undefined) {
      replayGroups(this.grouper, change.blocks, change.times);
      this.changedBytes += bytesOf(change.blocks);
    }
  }
}

function bytesOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** The shards that an executor keeps from bundle to bundle. */
export class Shards {
  private readonly options: Pick<ShardOptions, "keepsChanges" | "shards">;
  /** By number and stage. */
  private readonly kept = new Map<string, Shard>();

  constructor(options: Pick<ShardOptions, "keepsChanges" | "shards"> = {}) {
    this.options = options;
  }

  /** What all of them keep, about. */
  get bytes(): number {
    let bytes = 0;
    for (const shard of this.kept.values()) bytes += shard.bytes;
    return bytes;
  }

  /**
   * What the stage keeps for a bundle's keys; for the bundle alone where it has no number.
   *
   * @param copy - To make it of anew.
   */
  of(
    { id, dataset }: PlannedStage,
    number: number | undefined,
    copy?: ShardCopy,
  ): Shard | undefined {
    if (dataset === undefined) return undefined;
    if (number === undefined) return new Shard(dataset);
    const name = `${number} ${id}`;
    const present = this.kept.get(name);
    if (present !== undefined && copy === undefined) return present;
    const shard = new Shard(dataset, { ...this.options, copy });
    this.kept.set(name, shard);
    return shard;
  }
}
