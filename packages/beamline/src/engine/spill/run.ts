/**
 * A file of spilled records, in frames: records of a shuffle sorted by the upper bits of their
 * hashes, or elements in the order in which they came. Plain data, fit for a message.
 */
export interface Run {
  readonly path: string;
  /** Records are sorted by so many upper bits of their hashes: by slice. 0 where they are not. */
  readonly sliceBits: number;
  /** Encoded bytes of all frames, as they would be in memory. */
  readonly bytes: number;
  readonly records: number;
  readonly frames: Frames;
}

/** The frames of a run, in the order of the file: an entry each. */
export interface Frames {
  /** Where it begins in the file. */
  readonly offsets: Float64Array;
  /** Its length in the file; that of its records where it is not compressed. */
  readonly lengths: Uint32Array;
  /** The length of its records. */
  readonly sizes: Uint32Array;
  readonly records: Uint32Array;
  /** The slice that all of its records are in; of elements, their partition. */
  readonly slices: Uint32Array;
}

/** Hashes from `from`, up to but not `to`, which may be 2^32. */
export interface HashRange {
  readonly from: number;
  readonly to: number;
}

export const ALL_HASHES: HashRange = { from: 0, to: 2 ** 32 };

/** Bytes that grouping takes for each record besides those that it has. */
export const INDEX_BYTES = 40;

/** The hashes of a slice. */
export function rangeOfSlice(sliceBits: number, slice: number): HashRange {
  const width = 2 ** (32 - sliceBits);
  return { from: slice * width, to: (slice + 1) * width };
}

/** The frames of a run that may hold hashes of a range, as a run of their own. */
export function runWithin(run: Run, { from, to }: HashRange): Run | undefined {
  const width = 2 ** (32 - run.sliceBits);
  const { slices } = run.frames;
  const first = lowerBound(slices, Math.floor(from / width));
  const end = lowerBound(slices, Math.ceil(to / width));
  return framesOf(run, first, end);
}

/** Frames `[first, end)` of a run, as a run of their own; undefined where there are none. */
export function framesOf(run: Run, first: number, end: number): Run | undefined {
  if (first >= end) return undefined;
  const { offsets, lengths, sizes, records, slices } = run.frames;
  // Copies: a message takes the whole memory under a view along.
  const frames: Frames = {
    offsets: offsets.slice(first, end),
    lengths: lengths.slice(first, end),
    sizes: sizes.slice(first, end),
    records: records.slice(first, end),
    slices: slices.slice(first, end),
  };
  return { ...run, frames, bytes: sum(frames.sizes), records: sum(frames.records) };
}

function lowerBound(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sum(numbers: Uint32Array): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
