import type { Block } from "../../engine/block.js";
import type { SideChunk } from "./bundle-work.js";

/** Blocks of a side input as one chunk, in memory that every thread can read. */
export function shareBlocks(id: number, blocks: readonly Block[]): SideChunk {
  const size = blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  let at = 0;
  let records = 0;
  for (const block of blocks) {
    bytes.set(block.bytes, at);
    at += block.bytes.length;
    records += block.records;
  }
  return { id, bytes, records };
}
