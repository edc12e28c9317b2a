import type { BundleProgress } from "../../exec/bundle-processor.js";
import type { Executor } from "./bundle-work.js";
import type { WorkerSetup } from "./messages.js";
import type { Plan } from "./plan.js";
import { ThreadExecutor, type ThreadExecutorOptions } from "./thread-executor.js";
import { WorkerExecutor } from "./worker-executor.js";

/** Work that is waiting, as far as the choice of threads goes. */
export interface Backlog {
  readonly bundles: number;
  /** In bytes. */
  readonly weight: number;
  readonly elapsedMs: number;
}

export interface PoolOptions extends ThreadExecutorOptions {
  /** How worker threads are set up; undefined when everything runs on the calling thread. */
  readonly workerSetup: Omit<WorkerSetup, "progress" | "wish"> | undefined;
  /** Who runs bundles where no worker threads do. Default: the calling thread. */
  readonly openExecutor: ((plan: Plan) => Executor) | undefined;
  /** Whether even small jobs run on worker threads. */
  readonly eager: boolean;
}

/** Input above which worker threads pay for their start, about a quarter of a second of work. */
const HEAVY_BYTES = 8 * 1024 * 1024;
/** A run that has taken so long with bundles still waiting gets worker threads, whatever its weight. */
const PATIENCE_MS = 250;

type Workers =
  | { readonly kind: "none" }
  | { readonly kind: "starting" | "ready"; readonly executors: readonly WorkerExecutor[] };

/**
 * The threads of a run. Small jobs stay on the calling thread, which costs no start-up; once there
 * is work for more, worker threads start, and the calling thread only coordinates.
 */
export class ExecutorPool {
  private readonly own: Executor;
  private readonly options: PoolOptions;
  private workers: Workers = { kind: "none" };
  private readonly busy = new Set<Executor>();

  constructor(plan: Plan, options: PoolOptions) {
    this.options = options;
    this.own = options.openExecutor?.(plan) ?? new ThreadExecutor(plan, options);
  }

  /** Threads that have run bundles or are about to. */
  get size(): number {
    return this.workers.kind === "none" ? 1 : this.workers.executors.length;
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

  /**
   * Starts worker threads when the backlog asks for them. The returned promise resolves when they
   * can take work.
   */
  grow(backlog: Backlog): Promise<void> | undefined {
    const { workerSetup, parallelism, eager } = this.options;
    if (this.workers.kind !== "none" || workerSetup === undefined || parallelism < 2)
      return undefined;
    const heavy = backlog.weight >= HEAVY_BYTES;
    const slow = backlog.elapsedMs >= PATIENCE_MS;
    if (eager ? backlog.bundles === 0 : backlog.bundles < 2 || !(heavy || slow)) return undefined;
    const executors = Array.from({ length: parallelism }, () => new WorkerExecutor(workerSetup));
    this.workers = { kind: "starting", executors };
    return Promise.all(executors.map(({ ready }) => ready)).then(() => {
      this.workers = { kind: "ready", executors };
    });
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
    return this.workers.kind === "ready" && this.busy.size < this.workers.executors.length;
  }

  isFree(backlog: Backlog, slot: number | undefined): boolean {
    return this.choose(backlog, slot) !== undefined;
  }

  release(executor: Executor): void {
    this.busy.delete(executor);
  }

  async close(): Promise<void> {
    await this.own.close();
    if (this.workers.kind === "none") return;
    await Promise.all(this.workers.executors.map((executor) => executor.close()));
  }

  /** Stops the worker threads wherever they are. */
  async stopWorkers(): Promise<void> {
    if (this.workers.kind === "none") return;
    await Promise.all(this.workers.executors.map((executor) => executor.kill()));
  }

  private choose({ bundles, weight }: Backlog, slot: number | undefined): Executor | undefined {
    switch (this.workers.kind) {
      case "none":
        return this.busy.has(this.own) ? undefined : this.own;
      case "starting":
        return undefined;
      case "ready": {
        const { executors } = this.workers;
        if (slot !== undefined) return this.unlessBusy(executors[slot % executors.length]);
        // A lone small bundle, such as the last step of a write, is not worth a message.
        const isSmall = bundles === 1 && weight < HEAVY_BYTES / 128;
        if (isSmall && this.busy.size === 0 && !this.options.eager) return this.own;
        return executors.find((executor) => !this.busy.has(executor));
      }
    }
  }

  private unlessBusy(executor: Executor | undefined): Executor | undefined {
    return executor === undefined || this.busy.has(executor) ? undefined : executor;
  }
}
