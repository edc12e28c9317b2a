import { execArgv } from "node:process";
import { setFlagsFromString } from "node:v8";
import type { ResourceLimits } from "node:worker_threads";

/** A budget from here on leaves V8's heaps as they would be. */
const AMPLE_BUDGET = 512 * 2 ** 20;

/**
 * For what is new, a quarter of what V8 takes by itself: it is collected more often, which costs
 * less than a run of it varies by.
 */
const YOUNG_MB = 12;

/**
 * So much garbage may come together beside what is alive: V8 lets it be three times as much where a
 * machine has much memory, which is most of what a job with little memory takes then.
 */
const GARBAGE_PERCENT = 60;

/** What a worker thread's heap may be in a job of `budget` bytes: a limit of Node's own is kept. */
export function heapLimits(
  budget: number,
  args: readonly string[] = [...execArgv, process.env.NODE_OPTIONS ?? ""],
): ResourceLimits {
  const isSet = args.some((arg) => /--max[-_]semi[-_]space/.test(arg));
  return budget >= AMPLE_BUDGET || isSet ? {} : { maxYoungGenerationSizeMb: YOUNG_MB };
}

/**
 * Has V8 collect garbage sooner, in all threads of the process, while a job of `budget` bytes runs.
 *
 * @returns what ends that
 */
export function limitGarbage(budget: number): () => void {
  if (budget >= AMPLE_BUDGET) return () => {};
  setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`);
  // 0 stands for what V8 thinks best.
  return () => setFlagsFromString("--heap-growing-percent=0");
}
