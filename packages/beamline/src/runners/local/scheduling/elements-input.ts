import { type Block, minTimestampOf } from "../../../engine/block.js";
import { bundleByPart } from "../../../engine/bundling.js";
import type { Times } from "../../../engine/times.js";
import { earliest } from "../../../engine/watermarks/stage-watermark.js";
import type { Timestamp } from "../../../model/time.js";
import { partitionBlocks } from "./partition-blocks.js";
import type { Draft, StageInput } from "./stage-input.js";

/** Weight below which elements are not worth more than one bundle. */
const SMALL_BYTES = 256 * 1024;

/** Elements without keys: whatever has come in goes out at once. */
export class ElementsInput implements StageInput {
  private waiting: Block[] = [];
  private readonly running = new Set<Draft>();

  offer(blocks: readonly Block[]): void {
    for (const block of blocks) this.waiting.push(block);
  }

  get pending(): Timestamp {
    const running = [...this.running].flatMap(({ blocks }) => blocks);
    return earliest([...this.waiting, ...running].map(minTimestampOf));
  }

  get hold(): Timestamp {
    return earliest([]);
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.running.size === 0;
  }

  get nextWake(): undefined {
    return undefined;
  }

  take(_times: Times, _now: number, isReady: (block: Block) => boolean): Draft[] {
    const { ready, waiting } = partitionBlocks(this.waiting, isReady);
    if (ready.length === 0) return [];
    this.waiting = waiting;
    const weight = ready.reduce((sum, block) => sum + block.weight, 0);
    const bundles = weight < SMALL_BYTES ? [{ blocks: ready }] : bundleByPart(ready);
    const drafts = bundles.map(({ blocks }): Draft => ({ blocks, shard: undefined }));
    for (const draft of drafts) this.running.add(draft);
    return drafts;
  }

  commit(draft: Draft): void {
    this.running.delete(draft);
  }
}
