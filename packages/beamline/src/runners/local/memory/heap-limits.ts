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

/** How many jobs have V8's garbage limited: V8 has one setting for all jobs of a process, so it is here. */
let limiting = 0;

/** What a worker thread's heap may be in a job of `budget` bytes: a limit of Node's own is kept. */
export function heapLimits(budget: number, args: readonly string[] = nodeArgs()): ResourceLimits {
  const isSet = args.some((arg) => /--max[-_]semi[-_]space/.test(arg));
  return budget >= AMPLE_BUDGET || isSet ? {} : { maxYoungGenerationSizeMb: YOUNG_MB };
}

/**
 * Has V8 collect garbage sooner, in all threads of the process, while a job of `budget` bytes runs, and
 * until the last of such jobs has ended: a limit of Node's own is kept.
 *
 * @returns what ends that
 */
export function limitGarbage(budget: number, args: readonly string[] = nodeArgs()): () => void {
  const isSet = args.some((arg) => /--heap[-_]growing[-_]percent/.test(arg));
  if (budget >= AMPLE_BUDGET || isSet) return () => {};
  if (limiting++ === 0) setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    // 0 stands for what V8 thinks best.
    if (--limiting === 0) setFlagsFromString("--heap-growing-percent=0");
  };
}

/** What Node was started with, besides a program. */
function nodeArgs(): string[] {
  return [...execArgv, process.env.NODE_OPTIONS ?? ""];
}
