import type { Block } from "../block.js";
import type { Run } from "./run.js";
import type { RunFile } from "./run-file.js";

/** Writes blocks of elements to a run: a frame each, since nobody here knows where elements end. */
export function writeListRun(file: RunFile, blocks: readonly Block[]): Run {
  for (const { bytes, records, partition } of blocks) {
    if (records === 0) continue;
    file.add(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), records, partition);
  }
  return file.end(0);
}
