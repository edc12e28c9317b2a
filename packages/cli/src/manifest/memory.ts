/** Sizes in MiB. */
export interface HarnessMemory {
  /** Threads that run bundles: one per core of the executor. */
  readonly threads: number;
  /** Limit of each thread's JavaScript heap, as `--max-old-space-size` sets it. */
  readonly heap: number;
  /** Worker processes per executor: the runner's option `sdk_worker_parallelism`. Default: 1. */
  readonly processes?: number;
}

/** Node itself, the code, and the main thread with the runner's streams. */
const PROCESS_MIB = 128;

/** What a thread has outside `--max-old-space-size`: 48 young generation, 48 buffers and stacks. */
const THREAD_MIB = 96;

/**
 * Memory that a worker may take beside the JVM of its executor, in MiB:
 *
 *     processes * (128 + threads * (heap + 96))
 *
 * The limit of the heap holds for each thread on its own: with `--max-old-space-size=256` a thread
 * ended with ERR_WORKER_OUT_OF_MEMORY at 304 MiB of heap, the process having 388 MiB. The formula
 * gives 480, so a function that keeps too much ends with Node's error, which names the cause, and
 * not with the pod's OOMKilled, which does not.
 *
 * Measured with Node 20 (peak resident memory of the worker process, MiB; 100 MB of text, Spark with
 * as many task slots as threads, no limit set):
 *
 *     threads                                1     2     4
 *     words counted                        135   194   320
 *     3 M words grouped by 2 M keys        172   261   417
 *     this formula, heap 256               480   832  1536
 *
 * What the measured pipelines leave of it is for what functions keep: that is what `heap` is about.
 */
export function harnessMib({ threads, heap, processes = 1 }: HarnessMemory): number {
  return processes * (PROCESS_MIB + threads * (heap + THREAD_MIB));
}

/**
 * What Spark itself adds to a JVM's heap for metaspace, threads and network buffers: a tenth, at
 * least 384 MiB (`spark.kubernetes.memoryOverheadFactor`). A `memoryOverhead` of our own replaces
 * that, so it has to contain it.
 */
export function jvmOverheadMib(heapMib: number): number {
  return Math.max(384, Math.ceil(heapMib / 10));
}

/** Size of an executor's pod beyond the JVM's heap, in MiB. */
export function executorOverheadMib(jvmHeapMib: number, harness: HarnessMemory): number {
  return jvmOverheadMib(jvmHeapMib) + harnessMib(harness);
}

const UNITS: Readonly<Record<string, number>> = {
  k: 1 / 1024,
  m: 1,
  g: 1024,
  t: 1024 * 1024,
};

/** Spark's notation (`512m`, `4g`, `1024` as MiB) in MiB; undefined when it is none. */
export function parseSparkMemory(text: string): number | undefined {
  const [, digits, unit = "m"] = /^(\d+)([kmgt])?(?:i?b)?$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (digits === undefined || factor === undefined) return undefined;
  return Math.ceil(Number(digits) * factor);
}
