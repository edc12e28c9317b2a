import type { Block } from "../../engine/block.js";
import type { SideBlock } from "./bundle-work.js";

/** The blocks of a complete side input as one, in memory that every thread can read. */
export function shareBlocks(dataset: string, blocks: readonly Block[]): SideBlock {
  const size = blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  let at = 0;
  let records = 0;
  for (const block of blocks) {
    bytes.set(block.bytes, at);
    at += block.bytes.length;
    records += block.records;
  }
  return { dataset, bytes, records };
}
