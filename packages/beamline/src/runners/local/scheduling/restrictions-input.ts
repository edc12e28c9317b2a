import { type Block, minTimestampOf } from "../../../engine/block.js";
import type { Times } from "../../../engine/times.js";
import { earliest } from "../../../engine/watermarks/stage-watermark.js";
import type { Timestamp } from "../../../model/time.js";
import type { BundleOutput } from "../bundle-work.js";
import type { Draft, StageInput } from "./stage-input.js";

interface Item {
  readonly block: Block;
  /** Nothing earlier will come out of it. */
  readonly watermark: Timestamp;
  /** Processing time before which there is no point in going on with it. */
  readonly resumeAt: number;
  /** It has been cut short for a drain. */
  readonly isTruncated: boolean;
}

/**
 * Restrictions of a source that may never end: each a bundle of its own, which stops after a while
 * and leaves the rest as a new restriction.
 */
export class RestrictionsInput implements StageInput {
  private waiting: Item[] = [];
  private readonly running = new Map<Draft, Item>();
  private isDraining = false;

  offer(blocks: readonly Block[]): void {
    for (const block of blocks) {
      this.waiting.push({
        block,
        watermark: minTimestampOf(block),
        resumeAt: -Infinity,
        isTruncated: false,
      });
    }
  }

  get pending(): Timestamp {
    return earliest([]);
  }

  get hold(): Timestamp {
    return earliest([...this.waiting, ...this.running.values()].map(({ watermark }) => watermark));
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.running.size === 0;
  }

  get nextWake(): number | undefined {
    if (this.waiting.length === 0) return undefined;
    return Math.min(...this.waiting.map(({ resumeAt }) => resumeAt));
  }

  take(_times: Times, now: number): Draft[] {
    // Sources pause by the clock, also where nothing comes in from above any more.
    const ready = this.waiting.filter(({ resumeAt }) => resumeAt <= now);
    this.waiting = this.waiting.filter(({ resumeAt }) => resumeAt > now);
    return ready.map((item) => {
      const drains = this.isDraining && !item.isTruncated;
      const draft: Draft = { blocks: [item.block], shard: undefined, drains };
      this.running.set(draft, item);
      return draft;
    });
  }

  drain(): void {
    this.isDraining = true;
    this.waiting = this.waiting.map((item) => ({ ...item, resumeAt: -Infinity }));
  }

  commit(draft: Draft, { residuals = [] }: BundleOutput, now: number): void {
    const item = this.running.get(draft);
    this.running.delete(draft);
    for (const { block, watermark, resumeAfterMs } of residuals) {
      this.waiting.push({
        block,
        watermark: Math.max(watermark, item?.watermark ?? watermark),
        resumeAt: this.isDraining ? now : now + resumeAfterMs,
        isTruncated: draft.drains === true || item?.isTruncated === true,
      });
    }
  }
}
