import { availableParallelism } from "node:os";
import { fingerprintOf } from "../../code-ref/fingerprint.js";
import type { Graph, PCollectionId } from "../../graph/nodes.js";
import { SYSTEM_CLOCK } from "../../model/clock.js";
import { BeamlineError, internalError } from "../../model/errors.js";
import type { BundleOutput, BundleSplit, Executor } from "./bundle-work.js";
import { type Backlog, ExecutorPool } from "./executor-pool.js";
import { type DecodedElement, decodeBlocks } from "./feed-elements.js";
import { JobProfiles } from "./job-profiles.js";
import { JobMemory } from "./memory/job-memory.js";
import { RunMetrics } from "./metrics.js";
import { type Plan, planGraph, resultsOf } from "./plan.js";
import { isSized } from "./restriction-stage.js";
import { hooksOf } from "./run-hooks.js";
import type { LocalRunOptions, LocalRunResult, RunProgress } from "./run-options.js";
import { JobClock } from "./scheduling/job-clock.js";
import { Splitter } from "./scheduling/splitter.js";
import { StageTable } from "./scheduling/stage-table.js";
import type { Task } from "./scheduling/task.js";
import { TaskQueue } from "./scheduling/task-queue.js";
import { ShardCopies } from "./shard-copies.js";
import { StageReports } from "./stage-reports.js";

/** One run of a graph on this machine. */
export class LocalJob {
  private readonly graph: Graph;
  private readonly options: LocalRunOptions;
  private readonly plan: Plan;
  private readonly stages: StageTable;
  private readonly pool: ExecutorPool;
  private readonly memory: JobMemory;
  private readonly profiles: JobProfiles | undefined;
  private readonly metrics = new RunMetrics();
  private readonly attempted = new RunMetrics();
  private readonly reports: StageReports;
  private readonly abort = new AbortController();
  private readonly started = performance.now();
  private readonly clock: JobClock;
  private readonly queue = new TaskQueue();
  private readonly splitter = new Splitter();
  private readonly copies = new ShardCopies();
  /** Bundles under way: their promises never reject. */
  private readonly running = new Set<Promise<void>>();
  private bundles = 0;
  private retries = 0;
  private bytesDone = 0;
  private bytesTotal = 0;
  /** Milliseconds a byte, in the last bundle. */
  private pace: number | undefined;
  private wake: () => void = () => {};
  private failure: { readonly error: unknown } | undefined;

  /**
   * @param results - PCollections to keep for {@link read}.
   * @param openExecutor - Who runs bundles on the calling thread's behalf. Default: that thread.
   */
  constructor(
    graph: Graph,
    options: LocalRunOptions,
    results: readonly PCollectionId[] = [],
    openExecutor?: (plan: Plan) => Executor,
  ) {
    const parallelism = parallelismOf(options);
    requireAttempts(options.maxAttempts);
    const strictEncoding = options.strictEncoding ?? false;
    this.graph = graph;
    this.options = options;
    const { bundling = "auto", fusion = true } = options;
    this.plan = planGraph(graph, { results, fusion });
    this.memory = new JobMemory({
      memory: options.memory,
      scratch: options.scratch,
      parallelism,
      always: options.spilling === "always",
    });
    const { profile } = options;
    this.profiles =
      profile === undefined ? undefined : new JobProfiles(profile, graph.name, new Date());
    // Whoever runs bundles elsewhere knows no files.
    const memory = openExecutor === undefined ? this.memory : undefined;
    this.stages = new StageTable(this.plan, { parallelism, bundling, memory });
    this.reports = new StageReports(this.plan);
    const { code } = options;
    const isDriven = this.stages.testStreams.length > 0;
    this.clock = new JobClock(options.clock ?? SYSTEM_CLOCK, isDriven);
    const isStreaming = this.plan.stages.some(({ isBounded }) => !isBounded);
    this.pool = new ExecutorPool(this.plan, {
      strictEncoding,
      parallelism,
      bundling,
      signal: this.abort.signal,
      space: memory?.openSpace(),
      memory: this.memory,
      profiles: this.profiles,
      openExecutor,
      // State stays where it is once it is there, so a streaming job does not move to other threads.
      eager: options.workerThreads === "always" || isStreaming,
      onReady: () => this.wake(),
      onFailure: (error) => this.fail(error),
      workerSetup:
        code === undefined || parallelism < 2
          ? undefined
          : {
              code,
              fingerprint: fingerprintOf(graph),
              results,
              strictEncoding,
              parallelism,
              bundling,
              fusion,
            },
    });
  }

  async run(): Promise<LocalRunResult> {
    const hooks = hooksOf(this.graph);
    const { signal } = this.options;
    if (isAborted(signal)) throw cancelled(signal?.reason);
    await hooks.check();
    await hooks.prepare();
    const cancel = () => this.fail(cancelled(signal?.reason));
    signal?.addEventListener("abort", cancel, { once: true });
    const drain = () => {
      this.stages.drain();
      this.wake();
    };
    if (isAborted(this.options.drain)) drain();
    this.options.drain?.addEventListener("abort", drain, { once: true });
    const ticker = this.startTicker();
    try {
      this.memory.limitGarbage();
      // Again: the hooks may have taken their time.
      if (isAborted(signal)) cancel();
      await this.profiles?.start();
      await this.stages.prepare();
      await this.loop();
      await this.pool.close();
      this.report();
      return this.result((await this.profiles?.finish()) ?? []);
    } catch (error) {
      this.abort.abort(error);
      await this.pool.stopWorkers();
      // Bundles on this thread close what they opened before it is removed.
      await Promise.all(this.running);
      await this.pool.close().catch(() => undefined);
      await hooks.abandon();
      throw error;
    } finally {
      clearInterval(ticker);
      this.splitter.close();
      this.memory.close();
      this.profiles?.abandon();
      signal?.removeEventListener("abort", cancel);
      this.options.drain?.removeEventListener("abort", drain);
    }
  }

  /** The elements of a PCollection that the job was asked to keep. */
  read(id: PCollectionId): unknown[] {
    return this.readWithMeta(id).map(({ value }) => value);
  }

  /** The same with timestamps, windows and panes. */
  readWithMeta(id: PCollectionId): DecodedElement[] {
    const dataset = this.plan.datasets.get(resultsOf(id));
    if (dataset === undefined) return [];
    return [...decodeBlocks(dataset.coder, this.stages.blocksOf(dataset.id))];
  }

  private async loop(): Promise<void> {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.takeReady();
      if (this.failure !== undefined) throw this.failure.error;
      if (this.stages.isDone) return;
      if (this.isQuiet && this.stepTestStreams()) continue;
      this.assign();
      this.splitter.look(this.pool.hasIdleWorker && this.queue.length === 0);
      const alarm = this.clock.wakeAt(this.stages.nextWake, () => this.wake());
      await woken;
      alarm.cancel();
    }
  }

  /** Queues the bundles that have become ready; a stage that is done makes others ready in turn. */
  private takeReady(): void {
    for (;;) {
      const { done } = this.stages;
      const now = this.clock.now();
      for (const task of this.stages.take(now)) {
        this.queue.push(task);
        const isInput = isSized(task.stage) && task.work.spill === undefined;
        if (isInput) this.bytesTotal += task.weight;
      }
      for (const { stage, outputWatermark } of this.stages.streaming) {
        this.reports.watermark(stage.id, outputWatermark, now);
      }
      if (this.stages.done === done) return;
    }
  }

  /** True when nothing runs, and nothing could. */
  private get isQuiet(): boolean {
    return this.queue.length === 0 && this.running.size === 0;
  }

  /** Lets the next event of a test stream happen; false where there is none. */
  private stepTestStreams(): boolean {
    const next = this.stages.testStreams.find(({ hasEnded }) => !hasEnded);
    if (next === undefined) return false;
    this.clock.turn(next.step());
    return true;
  }

  private assign(): void {
    this.pool.grow(this.backlog());
    for (;;) {
      const backlog = this.backlog();
      const free = (task: Task) => this.pool.isFree(backlog, task.slot);
      const task = this.queue.shift(free);
      if (task === undefined) return;
      const executor = this.pool.acquire(backlog, task.slot);
      if (executor === undefined) throw internalError("An executor was free and is not");
      const execution: Promise<void> = this.execute(executor, task).finally(() => {
        this.running.delete(execution);
        this.wake();
      });
      this.running.add(execution);
    }
  }

  private backlog(): Backlog {
    const { length, weight } = this.queue;
    const leftMs = this.pace === undefined ? undefined : weight * this.pace;
    return { bundles: length, weight, elapsedMs: this.elapsed(), leftMs };
  }

  /** Never rejects: a failure that ends the job goes to {@link fail}. */
  private async execute(executor: Executor, queued: Task): Promise<void> {
    const started = performance.now();
    // What the bundle has given away is not its own any more, whatever becomes of it.
    let task = queued;
    const onSplit = ({ kept, residual }: BundleSplit) => {
      const rest = this.stages.split(task, residual);
      task = { ...task, work: { ...task.work, blocks: kept }, weight: task.weight - rest.weight };
      this.queue.push(rest);
      this.wake();
    };
    this.splitter.started(executor, task);
    try {
      const output = await executor.run(this.copies.workFor(executor, task.work), onSplit);
      this.commit(task, output, performance.now() - started);
      this.copies.committed(executor, task.work, output);
      if (output.finalizes === true) executor.finalize();
    } catch (error) {
      this.attempted.commit(executor.failedCounts());
      this.retry(task, error);
    } finally {
      this.splitter.ended(executor);
      this.pool.release(executor);
    }
  }

  private commit(task: Task, output: BundleOutput, tookMs: number): void {
    if (this.failure !== undefined) return;
    this.stages.commit(task, output, this.clock.now());
    this.metrics.commit(output.steps);
    this.attempted.commit(output.steps);
    if (task.work.spill !== undefined) return;
    this.reports.committed(task, output, tookMs);
    this.bundles++;
    if (task.weight > 0) this.pace = tookMs / task.weight;
    if (isSized(task.stage)) this.bytesDone += task.weight;
  }

  /** Nothing of a failed bundle was kept, so it can run again, unless it fails the same way twice. */
  private retry(task: Task, error: unknown): void {
    const lastFailure = error instanceof Error ? error.message : String(error);
    const failures = task.failures + 1;
    const again = failures < (this.options.maxAttempts ?? 4) && lastFailure !== task.lastFailure;
    if (!again || this.failure !== undefined) {
      this.fail(error);
      return;
    }
    this.retries++;
    this.queue.pushFirst({ ...task, failures, lastFailure });
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.wake();
  }

  private startTicker(): NodeJS.Timeout | undefined {
    const { onProgress, progressIntervalMs = 200 } = this.options;
    if (onProgress === undefined) return undefined;
    return setInterval(() => this.report(), progressIntervalMs).unref();
  }

  private report(): void {
    this.options.onProgress?.(this.progress());
  }

  private progress(): RunProgress {
    const running = this.pool.progress;
    return {
      running: this.stages.running().map(({ id }) => id),
      stagesDone: this.stages.done,
      stagesTotal: this.plan.stages.length,
      elements: this.metrics.elements + running.elements,
      bytesDone: this.bytesDone + Math.round(running.bytes),
      bytesTotal: this.bytesTotal,
      elapsedMs: this.elapsed(),
      workers: this.pool.size,
    };
  }

  private result(profiles: readonly string[]): LocalRunResult {
    return {
      state: "done",
      elapsedMs: this.elapsed(),
      workers: this.pool.size,
      bundles: this.bundles,
      retries: this.retries,
      threadsLost: this.pool.deaths,
      memory: this.memory.report(),
      counters: this.metrics.counterValues(this.graph),
      metrics: this.metrics.metricValues(this.graph),
      attemptedMetrics: this.attempted.metricValues(this.graph),
      stages: this.reports.toReports(),
      transforms: this.metrics.transformCounts(this.graph),
      profiles,
    };
  }

  private elapsed(): number {
    return performance.now() - this.started;
  }
}

function parallelismOf({ workers, code }: LocalRunOptions): number {
  if (workers !== undefined && (!Number.isInteger(workers) || workers < 1)) {
    throw new BeamlineError(
      "BAD_WORKERS",
      `Cannot run with ${workers} workers: give a whole number of 1 or more`,
    );
  }
  return code === undefined ? 1 : (workers ?? availableParallelism());
}

function requireAttempts(maxAttempts: number | undefined): void {
  if (maxAttempts === undefined || (Number.isInteger(maxAttempts) && maxAttempts >= 1)) return;
  throw new BeamlineError(
    "BAD_MAX_ATTEMPTS",
    `Cannot run with maxAttempts ${maxAttempts}: give a whole number of 1 or more`,
  );
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}

function cancelled(reason: unknown): BeamlineError {
  if (reason instanceof BeamlineError) return reason;
  return new BeamlineError("CANCELLED", "Cannot finish the job: it was cancelled; run it again", {
    cause: reason,
  });
}
