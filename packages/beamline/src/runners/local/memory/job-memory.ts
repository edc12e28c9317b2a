import type { Block } from "../../../engine/block.js";
import { openFrameCodec } from "../../../engine/spill/frame-codec.js";
import { COMMITTED, PageArena } from "../../../engine/spill/page-arena.js";
import { removeRun } from "../../../engine/spill/run-file.js";
import { SpillSpace } from "../../../engine/spill/spill-space.js";
import { limitGarbage } from "./heap-limits.js";
import { type MemoryShares, memoryShares } from "./memory-shares.js";
import { newPathsIn, ScratchFolder } from "./scratch-folder.js";
import type { ThreadMemorySetup } from "./thread-memory.js";

export interface JobMemoryOptions {
  /** In bytes. Default: half of what the machine, or the container, has. */
  readonly memory?: number | undefined;
  /** Default: the system's folder for temporary files. */
  readonly scratch?: string | undefined;
  readonly parallelism: number;
  /** `true` sends everything between stages through files, for tests. */
  readonly always: boolean;
}

/** How a job has used memory and disk. */
export interface MemoryReport {
  /** What it was told to keep to, in bytes. */
  readonly budget: number;
  /** The most that the process has had in memory since it started, in bytes. */
  readonly peakRss: number;
  /** What did not fit, in bytes of records before compression, and the files that it went to. */
  readonly spilledBytes: number;
  readonly runs: number;
}

/** The memory of one job, on the thread that coordinates. */
export class JobMemory {
  readonly shares: MemoryShares;
  private readonly scratch: ScratchFolder;
  private readonly always: boolean;
  private endLimits: () => void = () => {};
  private shared: PageArena | undefined;
  private owners = COMMITTED + 1;
  private spilledBytes = 0;
  private runs = 0;

  constructor({ memory, scratch, parallelism, always }: JobMemoryOptions) {
    this.shares = memoryShares(memory, parallelism);
    this.scratch = new ScratchFolder(scratch);
    this.always = always;
    // Somebody has named it: better to hear now that it won't do.
    if (scratch !== undefined) this.scratch.check();
  }

  /** Has garbage collected sooner where memory is small, until {@link close}. */
  limitGarbage(): void {
    this.endLimits();
    this.endLimits = limitGarbage(this.shares.budget);
  }

  /** The bounded memory of the calling thread. */
  openSpace(): SpillSpace {
    const { shares, always, scratch } = this;
    const owner = this.owners++;
    const arena = () => this.arena;
    let paths: (() => string) | undefined;
    return new SpillSpace({
      ...shares,
      get arena() {
        return arena();
      },
      owner,
      codec: openFrameCodec(),
      always,
      newPath() {
        // Most jobs never ask, and then nobody has to clean up after them.
        paths ??= newPathsIn(scratch.path, owner);
        return paths();
      },
    });
  }

  /** What one more worker thread is to be set up with. */
  nextThread(): ThreadMemorySetup {
    const { shares, always } = this;
    return {
      arena: this.arena.parts,
      owner: this.owners++,
      folder: this.scratch.path,
      shares,
      always,
    };
  }

  /** Frees the pages of a thread that is no more. */
  threadEnded(owner: number): void {
    this.shared?.reclaim(owner);
  }

  /** A bundle has been committed: what it made is the job's now. */
  adopt(blocks: readonly Block[]): void {
    for (const { page, run } of blocks) {
      if (page !== undefined) this.arena.hand(page, COMMITTED);
      if (run === undefined) continue;
      this.spilledBytes += run.bytes;
      this.runs++;
    }
  }

  /** Nobody will read these blocks again. Files are left, since others may read other parts. */
  free(blocks: readonly Block[]): void {
    for (const { page } of blocks) if (page !== undefined) this.arena.free(page);
  }

  /** Nobody will read any part of these runs again. */
  removeRuns(blocks: readonly Block[]): void {
    for (const { run } of blocks) if (run !== undefined) removeRun(run);
  }

  report(): MemoryReport {
    const { spilledBytes, runs } = this;
    const peakRss = process.resourceUsage().maxRSS * 1024;
    return { budget: this.shares.budget, peakRss, spilledBytes, runs };
  }

  /** Removes all files. No thread may use them any more. */
  close(): void {
    this.endLimits();
    this.scratch.remove();
  }

  private get arena(): PageArena {
    const { arenaBytes, pageBytes } = this.shares;
    this.shared ??= makeArena(Math.floor(arenaBytes / pageBytes), pageBytes);
    return this.shared;
  }
}

/** An arena of as many pages as the system gives addresses for: without pages, blocks have their own. */
function makeArena(pages: number, pageBytes: number): PageArena {
  try {
    return PageArena.make(pages, pageBytes);
  } catch (error) {
    if (!(error instanceof RangeError) || pages < 2) throw error;
    return makeArena(Math.floor(pages / 2), pageBytes);
  }
}
