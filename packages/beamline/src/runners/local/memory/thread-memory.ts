import { openFrameCodec } from "../../../engine/spill/frame-codec.js";
import { type ArenaParts, PageArena } from "../../../engine/spill/page-arena.js";
import { SpillSpace } from "../../../engine/spill/spill-space.js";
import type { MemoryShares } from "./memory-shares.js";
import { newPathsIn } from "./scratch-folder.js";

/** What a worker thread needs to use the job's memory: plain data. */
export interface ThreadMemorySetup {
  readonly arena: ArenaParts;
  /** The thread, as the arena knows it. */
  readonly owner: number;
  readonly folder: string;
  readonly shares: MemoryShares;
  readonly always: boolean;
}

/** The bounded memory of a worker thread. */
export function openThreadMemory(setup: ThreadMemorySetup): SpillSpace {
  const { owner, folder, shares, always } = setup;
  return new SpillSpace({
    ...shares,
    arena: new PageArena(setup.arena),
    owner,
    codec: openFrameCodec(),
    always,
    newPath: newPathsIn(folder, owner),
  });
}
