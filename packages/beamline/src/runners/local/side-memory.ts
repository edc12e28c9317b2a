import { INDEX_BYTES } from "../../engine/spill/run.js";
import type { Dataset } from "./plan.js";
import { SideTable } from "./side-table.js";

/** Tables have the places of its records as numbers of 32 bits. */
const MOST_BYTES = 2 ** 32 - 1;

/** Whether a side input may be in memory, where `sideBytes` are for it. */
export function isForMemory(
  dataset: Dataset,
  bytes: number,
  records: number,
  { sideBytes, threads }: { readonly sideBytes: number; readonly threads: number },
): boolean {
  return bytes < MOST_BYTES && sideMemory(dataset, bytes, records, threads) <= sideBytes;
}

/**
 * What a side input takes in memory, in bytes: its records, which all threads share, and what each
 * of them keeps to find a record.
 */
export function sideMemory(dataset: Dataset, bytes: number, records: number, threads: number) {
  return bytes + threads * indexBytes(dataset, records);
}

function indexBytes({ kind, isMultimap, windowing }: Dataset, records: number): number {
  // Of a list without windows everything is asked for, one by one.
  if (kind === "sideList" && windowing.windowFn.kind === "global") return 0;
  if (kind === "sideMap" && isMultimap !== true) return SideTable.sizeOf(records);
  return records * INDEX_BYTES;
}
