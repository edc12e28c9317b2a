import { INDEX_BYTES } from "../../engine/spill/run.js";
import type { Dataset } from "./plan.js";
import { SideTable } from "./side-table.js";

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
