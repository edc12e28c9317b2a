import { type Block, minTimestampOf } from "../../../engine/block.js";
import type { Times } from "../../../engine/times.js";
import { earliest } from "../../../engine/watermarks/stage-watermark.js";
import type { Timestamp } from "../../../model/time.js";
import type { BundleOutput, ShardTimes } from "../bundle-work.js";
import { partitionBlocks } from "./partition-blocks.js";
import type { Draft, StageInput } from "./stage-input.js";

interface Shard {
  waiting: Block[];
  running: Draft | undefined;
  times: ShardTimes;
}

const NO_TIMES: ShardTimes = {
  hold: undefined,
  nextEventTime: undefined,
  nextProcessingTime: undefined,
};

/**
 * Elements with keys, state and timers. The keys are dealt out over shards; a shard's state stays
 * with one executor, and its bundles run one after the other.
 */
export class KeyedInput implements StageInput {
  private readonly shards: readonly Shard[];

  constructor(shards: number) {
    this.shards = Array.from({ length: shards }, () => ({
      waiting: [],
      running: undefined,
      times: NO_TIMES,
    }));
  }

  offer(blocks: readonly Block[]): void {
    for (const block of blocks) {
      const shard = this.shards[block.partition % this.shards.length];
      shard?.waiting.push(block);
    }
  }

  get pending(): Timestamp {
    return earliest(
      this.shards.flatMap(({ waiting, running }) =>
        [...waiting, ...(running?.blocks ?? [])].map(minTimestampOf),
      ),
    );
  }

  get hold(): Timestamp {
    return earliest(this.shards.map(({ times }) => times.hold));
  }

  get isEmpty(): boolean {
    return this.shards.every(
      ({ waiting, running, times }) =>
        waiting.length === 0 &&
        running === undefined &&
        times.nextEventTime === undefined &&
        times.nextProcessingTime === undefined,
    );
  }

  get nextWake(): number | undefined {
    let next: number | undefined;
    for (const { running, times } of this.shards) {
      const { nextProcessingTime } = times;
      if (running !== undefined || nextProcessingTime === undefined) continue;
      next = Math.min(next ?? nextProcessingTime, nextProcessingTime);
    }
    return next;
  }

  take(times: Times, _now: number, isReady: (block: Block) => boolean): Draft[] {
    const drafts: Draft[] = [];
    for (const [index, shard] of this.shards.entries()) {
      if (shard.running !== undefined) continue;
      const { ready, waiting } = partitionBlocks(shard.waiting, isReady);
      if (ready.length === 0 && !isDue(shard.times, times)) continue;
      shard.running = { blocks: ready, shard: index };
      shard.waiting = waiting;
      drafts.push(shard.running);
    }
    return drafts;
  }

  commit(draft: Draft, { shard: times }: BundleOutput): void {
    const shard = this.shards[draft.shard ?? 0];
    if (shard === undefined) return;
    shard.running = undefined;
    shard.times = times ?? NO_TIMES;
  }
}

function isDue({ nextEventTime, nextProcessingTime }: ShardTimes, now: Times): boolean {
  return (
    (nextEventTime !== undefined && nextEventTime <= now.watermark) ||
    (nextProcessingTime !== undefined && nextProcessingTime <= now.processingTime)
  );
}
