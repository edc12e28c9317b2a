import { type HashRange, INDEX_BYTES, type Run } from "./run.js";

/** A range of hashes, and the memory that its records would take. */
export interface SizedRange extends HashRange {
  readonly size: number;
}

/**
 * Cuts a range of hashes at the boundaries of slices so that the records of each part take about
 * `most` bytes of memory, index included. A slice that is larger by itself makes a part by itself.
 */
export function cutBySize(
  runs: readonly Run[],
  { from, to }: HashRange,
  most: number,
): SizedRange[] {
  const bits = runs.reduce((max, run) => Math.max(max, run.sliceBits), 1);
  const width = 2 ** (32 - bits);
  const first = Math.floor(from / width);
  const sizes = sliceSizes(runs, bits, first, Math.ceil(to / width));
  const parts: SizedRange[] = [];
  let start = from;
  let size = 0;
  for (const [i, own] of sizes.entries()) {
    const boundary = (first + i) * width;
    if (size > 0 && size + own > most) {
      parts.push({ from: start, to: boundary, size });
      start = boundary;
      size = 0;
    }
    size += own;
  }
  if (size > 0) parts.push({ from: start, to, size });
  return parts;
}

/** What the records of slices `[first, end)` take; frames of wider slices are spread evenly. */
function sliceSizes(runs: readonly Run[], bits: number, first: number, end: number): Float64Array {
  const sizes = new Float64Array(end - first);
  for (const { sliceBits, frames } of runs) {
    const span = 2 ** (bits - sliceBits);
    for (const [i, slice] of frames.slices.entries()) {
      const size = (frames.sizes[i] as number) + INDEX_BYTES * (frames.records[i] as number);
      const own = slice * span - first;
      for (let at = Math.max(0, own); at < Math.min(sizes.length, own + span); at++) {
        sizes[at] = (sizes[at] as number) + size / span;
      }
    }
  }
  return sizes;
}
