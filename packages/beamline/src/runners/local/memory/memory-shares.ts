import { totalmem } from "node:os";
import { constrainedMemory } from "node:process";
import type { SpillSizes } from "../../../engine/spill/spill-options.js";
import { BeamlineError } from "../../../model/errors.js";

/** What each use of memory may have of a job's budget, in bytes. */
export interface MemoryShares extends SpillSizes {
  readonly budget: number;
  /** How many threads share it. */
  readonly threads: number;
  /** Blocks between stages, of all threads together. */
  readonly arenaBytes: number;
  /** Blocks that wait for their stage: beyond it they go to disk. */
  readonly waitingBytes: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** The smallest budget with which work goes on. */
export const LEAST_MEMORY = 16 * MIB;

/** What a job gets of the machine's memory, or of what its container has, unless somebody says. */
const DEFAULT_SHARE = 0.5;

/** Shared memory between stages has an end, whatever the machine has. */
const MOST_ARENA = 8 * 1024 * MIB;

const ARENA_SHARE = 0.5;
const LOAD_SHARE = 0.25;
const SIDE_SHARE = 0.1;
/** Decoded side inputs take half as much again, so that all shares together are the budget. */
const TABLE_SHARE = 0.1;
/** Larger loads are slower: their tables do not fit in the caches of processors. */
const BEST_LOAD = 12 * MIB;
/** Sizes are estimates: a load may come to half as much again, and there are readers' buffers. */
const LOADS_AT_ONCE = 2;
/** Frames that a run would have of an even shuffle: as many loads can be made of it at the most. */
const FRAMES_PER_RUN = 512;

/** Half of what the machine has, or of what the container may have. */
export function defaultMemory(): number {
  const total = totalmem();
  const limit = constrainedMemory();
  // Where there is no limit, systems say 0 or a number beyond any machine.
  const available = limit > 0 && limit < total ? limit : total;
  return Math.max(LEAST_MEMORY, Math.floor(available * DEFAULT_SHARE));
}

export function memoryShares(memory: number | undefined, parallelism: number): MemoryShares {
  const budget = memory ?? defaultMemory();
  if (!Number.isFinite(budget) || budget < LEAST_MEMORY) {
    throw new BeamlineError(
      "BAD_MEMORY",
      `Cannot run with ${budget} bytes of memory: give ${LEAST_MEMORY} bytes (16 MiB) or more`,
    );
  }
  const arenaBytes = Math.min(MOST_ARENA, Math.floor(budget * ARENA_SHARE));
  const gatherBytes = Math.floor(arenaBytes / 2 / parallelism);
  const mostLoadBytes = Math.floor((budget * LOAD_SHARE) / parallelism / LOADS_AT_ONCE);
  return {
    budget,
    threads: parallelism,
    arenaBytes,
    pageBytes: powerOfTwo(gatherBytes / 64, 16 * KIB, 256 * KIB),
    waitingBytes: Math.floor(arenaBytes / 2),
    gatherBytes,
    loadBytes: Math.min(BEST_LOAD, mostLoadBytes / 2),
    mostLoadBytes,
    frameBytes: powerOfTwo(gatherBytes / FRAMES_PER_RUN, 8 * KIB, 128 * KIB),
    sideBytes: Math.floor(budget * SIDE_SHARE),
    stateBytes: Math.floor(budget / parallelism),
    tableBytes: Math.floor((budget * TABLE_SHARE) / parallelism),
  };
}

/** The largest power of two up to `value`, within bounds. */
function powerOfTwo(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, 2 ** Math.floor(Math.log2(value))));
}
