import { Worker } from "node:worker_threads";
import type { BundleProgress } from "../../exec/bundle-processor.js";
import type { StepCounts } from "../../exec/step-metrics.js";
import type { BundleOutput, BundleSplit, BundleWork, Executor } from "./bundle-work.js";
import { heapLimits } from "./memory/heap-limits.js";
import type { FromWorker, ToWorker, WorkerSetup } from "./messages.js";
import type { Plan } from "./plan.js";
import { deserializeError } from "./serialize-error.js";
import { type Doing, deathError, type ThreadDeath } from "./thread-death.js";

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Runs bundles in a worker thread of its own, as long as that lives. */
export class WorkerExecutor implements Executor {
  /** Resolves when the worker has built the pipeline; rejects when it can't. */
  readonly ready: Promise<void>;
  /** Called when the thread has ended by itself, with what it means for what it was doing. */
  onDeath: (error: Error, doing: Doing) => void = () => {};
  /** Called when the thread has ended, however it did: before anybody hears that a bundle failed. */
  onExit: () => void = () => {};
  private readonly plan: Plan;
  private readonly worker: Worker;
  private readonly shared: Float64Array;
  private readonly wish: Int32Array;
  private onSplit: ((split: BundleSplit) => void) | undefined;
  private doing: Doing = { kind: "starting" };
  private pending: Pending<BundleOutput | undefined> | undefined;
  private heapLimit: number | undefined;
  /** What is known of the thread's end before it has come. */
  private uncaught: { readonly error: unknown } | undefined;
  private exitingStep: string | undefined;
  private death: Error | undefined;
  private isEnding = false;
  private failed: readonly StepCounts[] = [];
  private done = 0;

  constructor(plan: Plan, setup: Omit<WorkerSetup, "progress" | "wish">) {
    this.plan = plan;
    const wish = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    this.wish = new Int32Array(wish);
    const progress = new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT);
    this.shared = new Float64Array(progress);
    const workerData: WorkerSetup = { ...setup, progress, wish };
    const resourceLimits = heapLimits(setup.memory.shares.budget);
    const program = new URL("./worker.js", import.meta.url);
    this.worker = new Worker(program, { workerData, resourceLimits });
    this.ready = this.expect().then(() => {
      this.doing = { kind: "waiting" };
    });
    this.ready.catch(() => undefined);
    this.worker.on("message", (message: FromWorker) => this.take(message));
    // Its messages may still be on the way: what it has done counts until it has ended.
    this.worker.on("error", (error) => {
      this.uncaught = { error };
    });
    this.worker.on("exit", (code) => this.die(code));
  }

  /** Bundles that it has run to their end. */
  get bundles(): number {
    return this.done;
  }

  get progress(): BundleProgress {
    const [elements = 0, bytes = 0] = this.shared;
    return { elements, bytes };
  }

  requestSplit(): void {
    Atomics.store(this.wish, 0, 1);
  }

  async run(work: BundleWork, onSplit?: (split: BundleSplit) => void): Promise<BundleOutput> {
    this.failed = [];
    this.onSplit = onSplit;
    this.shared.fill(0);
    Atomics.store(this.wish, 0, 0);
    this.doing = { kind: "bundle", stage: this.plan.stages.find(({ id }) => id === work.stage) };
    const done = this.expect();
    this.post({ kind: "run", work });
    return (await done) as BundleOutput;
  }

  finalize(): void {
    if (this.death === undefined) this.post({ kind: "finalize" });
  }

  failedCounts(): readonly StepCounts[] {
    return this.failed;
  }

  /** Throws what teardown throws. A thread that dies meanwhile has nothing left to lose. */
  async close(): Promise<void> {
    if (this.death !== undefined) return;
    const closed = this.expect();
    this.post({ kind: "close" });
    try {
      await closed;
    } catch (error) {
      if (error !== this.death) throw error;
    }
    await this.kill();
  }

  /** Stops the thread wherever it is. */
  async kill(): Promise<void> {
    this.isEnding = true;
    await this.worker.terminate();
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  private expect(): Promise<BundleOutput | undefined> {
    if (this.death !== undefined) return Promise.reject(this.death);
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject };
    });
  }

  private take(message: FromWorker): void {
    switch (message.kind) {
      case "split":
        this.onSplit?.(message.split);
        return;
      case "exiting":
        this.exitingStep = message.step;
        return;
      case "ready":
        this.heapLimit = message.heapLimit;
        this.settle()?.resolve(undefined);
        return;
      case "done":
        this.done++;
        this.settle()?.resolve(message.output);
        return;
      case "failed":
        this.failed = message.counts ?? [];
        this.settle()?.reject(deserializeError(message.error));
        return;
      case "closed":
        this.isEnding = true;
        if (message.error === undefined) this.settle()?.resolve(undefined);
        else this.settle()?.reject(deserializeError(message.error));
    }
  }

  /** What was expected has come: the thread waits for what is next. */
  private settle(): Pending<BundleOutput | undefined> | undefined {
    const { pending } = this;
    this.pending = undefined;
    this.doing = { kind: "waiting" };
    return pending;
  }

  private die(code: number): void {
    if (this.death !== undefined) return;
    this.onExit();
    const { doing } = this;
    const death = deathError(this.deathOf(code), doing);
    this.death = death;
    this.settle()?.reject(death);
    if (!this.isEnding) this.onDeath(death, doing);
  }

  private deathOf(code: number): ThreadDeath {
    const { uncaught, heapLimit, exitingStep } = this;
    if (uncaught === undefined) return { kind: "exit", code, step: exitingStep };
    const { error } = uncaught;
    const isFull =
      error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
    return isFull ? { kind: "outOfMemory", heapLimit } : { kind: "uncaught", error };
  }
}
