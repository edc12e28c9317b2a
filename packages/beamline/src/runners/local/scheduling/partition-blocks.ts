import type { Block } from "../../../engine/block.js";

/** Parts blocks into those for which `isReady` holds and the others, in order. */
export function partitionBlocks(
  blocks: readonly Block[],
  isReady: (block: Block) => boolean,
): { readonly ready: Block[]; readonly waiting: Block[] } {
  const ready: Block[] = [];
  const waiting: Block[] = [];
  for (const block of blocks) (isReady(block) ? ready : waiting).push(block);
  return { ready, waiting };
}
