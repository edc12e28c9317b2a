import type { Block } from "../../../engine/block.js";
import { bundleOf } from "../../../engine/bundling.js";
import { END_OF_GLOBAL_WINDOW, MAX_TIMESTAMP, type Timestamp } from "../../../model/time.js";
import { maxTimestamp } from "../../../model/window.js";
import { type SideInputWindow, sideInputWindowOf } from "../../../windowing/side-input-window.js";
import type { SideChunk, SideWork } from "../bundle-work.js";
import type { JobMemory } from "../memory/job-memory.js";
import type { Dataset, PlannedStage } from "../plan.js";
import { shareBlocks } from "../side-blocks.js";
import { isForMemory } from "../side-memory.js";
import type { Task } from "./task.js";
import { WaitingBlocks } from "./waiting-blocks.js";

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
  /** Not in a chunk yet. */
  private readonly fresh: WaitingBlocks;
  /** Who reads it: bundles that write it to disk are run on its account. */
  private readonly reader: PlannedStage;
  private readonly memory: JobMemory | undefined;
  private spills = 0;
  private made = 0;
  private windowOf: SideInputWindow | undefined;

  constructor(dataset: Dataset, reader: PlannedStage, memory: JobMemory | undefined) {
    this.dataset = dataset;
    this.reader = reader;
    this.memory = memory;
    this.fresh = new WaitingBlocks(dataset);
  }

  /** Loads what the mapping of windows needs. */
  async prepare(): Promise<void> {
    if (!this.dataset.isBounded)
      this.windowOf = await sideInputWindowOf(this.dataset.windowing.windowFn);
  }

  add(blocks: readonly Block[]): void {
    this.fresh.add(blocks);
  }

  /** Whether a stage that reads it may begin. */
  mayBegin(watermark: Timestamp): boolean {
    if (!this.dataset.isBounded) return true;
    return watermark === MAX_TIMESTAMP && this.spills === 0 && !this.mustSpill;
  }

  /** Bytes that wait in memory and could go to disk. */
  get waitingBytes(): number {
    return this.fresh.bytes;
  }

  /** Bundles that write what is too large for memory to disk, once all of it is there. */
  settle(watermark: Timestamp, now: number): Task[] {
    const tasks: Task[] = [];
    if (watermark < MAX_TIMESTAMP || this.spills > 0 || !this.mustSpill) return tasks;
    const most = this.memory?.shares.gatherBytes ?? Infinity;
    while (this.fresh.bytes > 0) tasks.push(this.spill(most, now));
    return tasks;
  }

  /** A bundle that writes what has waited longest to disk, up to `bytes`. */
  spill(bytes: number, now: number): Task {
    const { blocks, spill } = this.fresh.takeOldest(bytes);
    this.spills++;
    return {
      stage: this.reader,
      work: {
        stage: this.reader.id,
        blocks,
        sideInputs: [],
        shard: undefined,
        times: { watermark: MAX_TIMESTAMP, processingTime: now },
        spill,
      },
      weight: bundleOf(blocks).weight,
      slot: undefined,
      draft: undefined,
      failures: 0,
    };
  }

  /** A bundle has written to disk. */
  spilled({ work }: Task): void {
    this.spills--;
    this.memory?.free(work.blocks);
  }

  /** Once a part of it is on disk, all of it goes there. */
  private get mustSpill(): boolean {
    const { dataset, fresh, memory } = this;
    const { bytes, hasRuns } = fresh;
    if (bytes === 0 || hasRuns || memory === undefined) return bytes > 0 && hasRuns;
    return !isForMemory(dataset, bytes, fresh.records, memory.shares);
  }

  /** Whether a block of the main input may be worked on. */
  isReady({ maxInstant = END_OF_GLOBAL_WINDOW }: Block, watermark: Timestamp): boolean {
    if (watermark === MAX_TIMESTAMP) return true;
    if (this.dataset.isBounded || this.windowOf === undefined) return false;
    const end = maxInstant + 1;
    const window = this.windowOf({ kind: "interval", start: maxInstant, end });
    if (window.kind === "global") return this.chunks.length > 0 || !this.fresh.isEmpty;
    return watermark > maxTimestamp(window);
  }

  /** Everything so far, as bundles take it along. */
  toWork(): SideWork {
    const { id } = this.dataset;
    const runs = this.fresh.runs.flatMap(({ run }) => run ?? []);
    if (runs.length > 0) return { dataset: id, chunks: [], runs };
    const fresh = this.fresh.takeAll();
    if (fresh.length > 0) {
      const maxInstant = fresh.reduce(
        (max, block) => Math.max(max, block.maxInstant ?? MAX_TIMESTAMP),
        0,
      );
      this.chunks.push({ chunk: shareBlocks(this.made++, fresh), maxInstant });
      this.memory?.free(fresh);
    }
    return { dataset: id, chunks: this.chunks.map(({ chunk }) => chunk) };
  }

  /** Forgets windows that no element can belong to any more. */
  forgetBefore(instant: Timestamp): void {
    if (this.dataset.isBounded) return;
    const kept = this.chunks.filter(({ maxInstant }) => maxInstant >= instant);
    this.chunks.splice(0, this.chunks.length, ...kept);
  }
}
