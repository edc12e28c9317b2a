import type { Block } from "../../../engine/block.js";
import { END_OF_GLOBAL_WINDOW, MAX_TIMESTAMP, type Timestamp } from "../../../model/time.js";
import { maxTimestamp } from "../../../model/window.js";
import { type SideInputWindow, sideInputWindowOf } from "../../../windowing/side-input-window.js";
import type { SideChunk, SideWork } from "../bundle-work.js";
import type { Dataset } from "../plan.js";
import { shareBlocks } from "../side-blocks.js";

interface Chunk {
  readonly chunk: SideChunk;
  readonly maxInstant: Timestamp;
}

/**
 * One side input while it grows, on the thread that coordinates.
 *
 * Where it ends, its readers wait for all of it. Where it is a stream, an element of theirs waits
 * until the side input's watermark has passed the window that belongs to the element's; in the
 * global window, whose end never comes, until there is something.
 */
export class SideData {
  private readonly dataset: Dataset;
  private readonly chunks: Chunk[] = [];
  private fresh: Block[] = [];
  private made = 0;
  private windowOf: SideInputWindow | undefined;

  constructor(dataset: Dataset) {
    this.dataset = dataset;
  }

  /** Loads what the mapping of windows needs. */
  async prepare(): Promise<void> {
    if (!this.dataset.isBounded)
      this.windowOf = await sideInputWindowOf(this.dataset.windowing.windowFn);
  }

  add(blocks: readonly Block[]): void {
    for (const block of blocks) this.fresh.push(block);
  }

  /** Whether a stage that reads it may begin. */
  mayBegin(watermark: Timestamp): boolean {
    return !this.dataset.isBounded || watermark === MAX_TIMESTAMP;
  }

  /** Whether a block of the main input may be worked on. */
  isReady({ maxInstant = END_OF_GLOBAL_WINDOW }: Block, watermark: Timestamp): boolean {
    if (watermark === MAX_TIMESTAMP) return true;
    if (this.dataset.isBounded || this.windowOf === undefined) return false;
    const end = maxInstant + 1;
    const window = this.windowOf({ kind: "interval", start: maxInstant, end });
    if (window.kind === "global") return this.chunks.length + this.fresh.length > 0;
    return watermark > maxTimestamp(window);
  }

  /** Everything so far, as bundles take it along. */
  toWork(): SideWork {
    if (this.fresh.length > 0) {
      const maxInstant = this.fresh.reduce(
        (max, block) => Math.max(max, block.maxInstant ?? MAX_TIMESTAMP),
        0,
      );
      this.chunks.push({ chunk: shareBlocks(this.made++, this.fresh), maxInstant });
      this.fresh = [];
    }
    return { dataset: this.dataset.id, chunks: this.chunks.map(({ chunk }) => chunk) };
  }

  /** Forgets windows that no element can belong to any more. */
  forgetBefore(instant: Timestamp): void {
    if (this.dataset.isBounded) return;
    const kept = this.chunks.filter(({ maxInstant }) => maxInstant >= instant);
    this.chunks.splice(0, this.chunks.length, ...kept);
  }
}
