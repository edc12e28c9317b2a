import type { BundleProgress } from "../../exec/bundle-processor.js";
import type { Executor } from "./bundle-work.js";
import type { JobProfiles } from "./job-profiles.js";
import type { JobMemory } from "./memory/job-memory.js";
import type { WorkerSetup } from "./messages.js";
import type { Plan } from "./plan.js";
import { ThreadExecutor, type ThreadExecutorOptions } from "./thread-executor.js";
import { WorkerExecutor } from "./worker-executor.js";
import { WorkerSlot } from "./worker-slot.js";

/** Work that is waiting, as far as the choice of threads goes. */
export interface Backlog {
  readonly bundles: number;
  /** In bytes. */
  readonly weight: number;
  readonly elapsedMs: number;
  /** How long it would take one thread at the pace of the last bundle; undefined before that. */
  readonly leftMs: number | undefined;
}

export interface PoolOptions extends ThreadExecutorOptions {
  /** How worker threads are set up; undefined when everything runs on the calling thread. */
  readonly workerSetup: Omit<WorkerSetup, "progress" | "wish" | "memory" | "profile"> | undefined;
  /** What each worker thread gets its share of. */
  readonly memory: JobMemory;
  /** Where each worker thread writes its CPU profile to. */
  readonly profiles: JobProfiles | undefined;
  /** Who runs bundles where no worker threads do. Default: the calling thread. */
  readonly openExecutor: ((plan: Plan) => Executor) | undefined;
  /** Whether even small jobs run on worker threads. */
  readonly eager: boolean;
  /** A worker thread can take work. */
  readonly onReady: () => void;
  /** Worker threads can't be had: the job can't go on. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Input above which worker threads pay for their start, about half a second of lines through plain
 * functions: each loads the pipeline, and makes machine code of it anew for twice as long as that takes.
 */
const HEAVY_BYTES = 32 * 1024 * 1024;
/** A lone bundle of less, such as the last step of a write, is not worth a message. */
const LIGHT_BYTES = 64 * 1024;
/**
 * A run that has taken so long with bundles still waiting gets worker threads, whatever its weight,
 * unless it will be at its end before they would have paid for themselves.
 */
const PATIENCE_MS = 250;
const WORTHWHILE_MS = 500;

/**
 * The threads of a run. Small jobs stay on the calling thread, which costs no start-up; once there
 * is work for more, worker threads start, and the calling thread only coordinates. A thread that dies
 * is replaced.
 */
export class ExecutorPool {
  private readonly own: Executor;
  private readonly options: PoolOptions;
  private readonly plan: Plan;
  /** None while everything runs on the calling thread. */
  private slots: readonly WorkerSlot[] = [];
  private readonly busy = new Set<Executor>();

  constructor(plan: Plan, options: PoolOptions) {
    this.plan = plan;
    this.options = options;
    this.own = options.openExecutor?.(plan) ?? new ThreadExecutor(plan, options);
  }

  /** Threads that have run bundles or are about to. */
  get size(): number {
    return Math.max(1, this.slots.length);
  }

  /** Threads that have died. */
  get deaths(): number {
    return this.slots.reduce((sum, { deaths }) => sum + deaths, 0);
  }

  /** Of all running bundles together. */
  get progress(): BundleProgress {
    let elements = 0;
    let bytes = 0;
    for (const { progress } of this.busy) {
      elements += progress.elements;
      bytes += progress.bytes;
    }
    return { elements, bytes };
  }

  /** Starts worker threads when the backlog asks for them. */
  grow(backlog: Backlog): void {
    const { workerSetup, parallelism, eager, memory, profiles, onReady, onFailure } = this.options;
    if (this.slots.length > 0 || workerSetup === undefined || parallelism < 2) return;
    const heavy = backlog.weight >= HEAVY_BYTES;
    const { elapsedMs, leftMs = Number.POSITIVE_INFINITY } = backlog;
    const slow = elapsedMs >= PATIENCE_MS && leftMs >= WORTHWHILE_MS;
    if (eager ? backlog.bundles === 0 : backlog.bundles < 2 || !(heavy || slow)) return;
    const open = () => {
      const own = memory.nextThread();
      const executor = new WorkerExecutor(this.plan, {
        ...workerSetup,
        memory: own,
        profile: profiles?.nextThread(),
      });
      executor.onExit = () => memory.threadEnded(own.owner);
      return executor;
    };
    this.slots = Array.from(
      { length: parallelism },
      () => new WorkerSlot({ open, onReady, onFailure }),
    );
  }

  /**
   * An executor that is free for a bundle, if there is one now.
   *
   * @param slot - The one that it has to be, where state is at stake.
   */
  acquire(backlog: Backlog, slot: number | undefined): Executor | undefined {
    const executor = this.choose(backlog, slot);
    if (executor !== undefined) this.busy.add(executor);
    return executor;
  }

  /** Whether there is a worker thread without work. */
  get hasIdleWorker(): boolean {
    return this.slots.some(({ ready }) => ready !== undefined && !this.busy.has(ready));
  }

  isFree(backlog: Backlog, slot: number | undefined): boolean {
    return this.choose(backlog, slot) !== undefined;
  }

  release(executor: Executor): void {
    this.busy.delete(executor);
  }

  async close(): Promise<void> {
    await this.own.close();
    await Promise.all(this.slots.map((slot) => slot.close()));
  }

  /** Stops the worker threads wherever they are. */
  async stopWorkers(): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.kill()));
  }

  private choose({ bundles, weight }: Backlog, slot: number | undefined): Executor | undefined {
    const { slots } = this;
    if (slots.length === 0) return this.unlessBusy(this.own);
    if (slot !== undefined) return this.unlessBusy(slots[slot % slots.length]?.ready);
    const ready = slots.flatMap((each) => each.ready ?? []);
    const isSmall = bundles === 1 && weight < LIGHT_BYTES && ready.length > 0;
    if (isSmall && this.busy.size === 0 && !this.options.eager) return this.own;
    return ready.find((executor) => !this.busy.has(executor));
  }

  private unlessBusy(executor: Executor | undefined): Executor | undefined {
    return executor === undefined || this.busy.has(executor) ? undefined : executor;
  }
}
