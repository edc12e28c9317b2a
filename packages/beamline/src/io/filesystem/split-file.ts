import { type OffsetRange, splitOffsetRange } from "../../fn/offset-range.js";

const MIB = 1 << 20;
const MOST_BYTES = 32 * MIB;
/** Several parts for each worker, so that none waits long for the slowest at the end. */
const PARTS_PER_WORKER = 16;

/**
 * Cuts a range of bytes of a file that can be entered anywhere into parts of 1 to 32 MiB.
 *
 * @param total - Bytes of all files that are read.
 */
export function splitFile(
  range: OffsetRange,
  total: number,
  parallelism: number,
): Iterable<OffsetRange> {
  const [start, end] = range;
  const wanted = total / (parallelism * PARTS_PER_WORKER);
  const length = Math.min(Math.max(wanted, MIB), MOST_BYTES);
  return splitOffsetRange(range, (end - start) / length, MIB);
}
