import { availableParallelism } from "node:os";
import { BeamlineError } from "../../model/errors.js";
import type { CodeSource } from "../code-source.js";
import type { LaneSetup } from "./thread-lane.js";

export interface LaneSetupOptions {
  /** See `HarnessOptions`. */
  readonly threads?: number | undefined;
  /** See `HarnessOptions`. */
  readonly parallelism?: number | undefined;
  /** See `HarnessOptions`. */
  readonly captureConsole?: boolean | undefined;
}

/** What the lanes of a worker are told. */
export function laneSetup(
  { code, fingerprint }: Extract<CodeSource, { kind: "module" }>,
  index: number,
  { threads, parallelism = threadCount(threads), captureConsole = true }: LaneSetupOptions,
): LaneSetup {
  return { code, fingerprint, parallelism, captureConsole, name: `lane-${index}` };
}

/** Threads of a worker whose code is a module. Default: one per core. */
export function threadCount(threads: number | undefined): number {
  const count = threads ?? availableParallelism();
  if (Number.isInteger(count) && count >= 1) return count;
  throw new BeamlineError(
    "BAD_THREADS",
    `Cannot run a worker with ${count} threads: give a whole number of 1 or more`,
  );
}
