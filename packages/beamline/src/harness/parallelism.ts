import type { JsonObject } from "@bufbuild/protobuf";
import { pipelineOptionKey } from "../proto/pipeline-option-keys.js";

/** Ours, for any runner, then Flink's own. */
const KEYS = ["beamlineParallelism", "parallelism"].map(pipelineOptionKey);

/**
 * How many tasks the runner can run at a time on all its machines, where the job's options say so.
 * A worker sees its own machine only.
 */
export function parallelismIn(options: JsonObject | undefined): number | undefined {
  for (const key of KEYS) {
    const count = Number(options?.[key] ?? Number.NaN);
    if (Number.isInteger(count) && count >= 1) return count;
  }
  return undefined;
}
