import { Worker } from "node:worker_threads";
import type { BundleProgress } from "../../exec/bundle-processor.js";
import type { StepCounts } from "../../exec/step-metrics.js";
import { BeamlineError } from "../../model/errors.js";
import type { BundleOutput, BundleSplit, BundleWork, Executor } from "./bundle-work.js";
import type { FromWorker, ToWorker, WorkerSetup } from "./messages.js";
import { deserializeError } from "./serialize-error.js";

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Runs bundles in a worker thread of its own. */
export class WorkerExecutor implements Executor {
  /** Resolves when the worker has built the pipeline; rejects when it can't. */
  readonly ready: Promise<void>;
  private readonly worker: Worker;
  private readonly shared: Float64Array;
  private readonly wish: Int32Array;
  private onSplit: ((split: BundleSplit) => void) | undefined;
  private pending: Pending<BundleOutput | undefined> | undefined;
  private death: Error | undefined;
  private failed: readonly StepCounts[] = [];

  constructor(setup: Omit<WorkerSetup, "progress" | "wish">) {
    const wish = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    this.wish = new Int32Array(wish);
    const progress = new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT);
    this.shared = new Float64Array(progress);
    const workerData: WorkerSetup = { ...setup, progress, wish };
    this.worker = new Worker(new URL("./worker.js", import.meta.url), { workerData });
    const ready = this.expect();
    this.ready = ready.then(() => undefined);
    this.ready.catch(() => undefined);
    this.worker.on("message", (message: FromWorker) => this.take(message));
    this.worker.on("error", (error) =>
      this.die(died(`an error that nobody caught: ${error}`, error)),
    );
    this.worker.on("exit", (code) => this.die(died(`exit code ${code}`)));
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
    Atomics.store(this.wish, 0, 0);
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

  async close(): Promise<void> {
    if (this.death !== undefined) return;
    const closed = this.expect();
    this.post({ kind: "close" });
    await closed;
    await this.worker.terminate();
  }

  /** Stops the thread wherever it is. */
  async kill(): Promise<void> {
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
    if (message.kind === "split") {
      this.onSplit?.(message.split);
      return;
    }
    const { pending } = this;
    this.pending = undefined;
    switch (message.kind) {
      case "ready":
        pending?.resolve(undefined);
        return;
      case "done":
        pending?.resolve(message.output);
        return;
      case "failed":
        this.failed = message.counts ?? [];
        pending?.reject(deserializeError(message.error));
        return;
      case "closed":
        if (message.error === undefined) pending?.resolve(undefined);
        else pending?.reject(deserializeError(message.error));
    }
  }

  private die(error: Error): void {
    this.death ??= error;
    this.pending?.reject(this.death);
    this.pending = undefined;
  }
}

function died(how: string, cause?: unknown): BeamlineError {
  return new BeamlineError(
    "WORKER_DIED",
    `Cannot finish the bundle: its worker thread ended with ${how}; look for process.exit() and for callbacks that throw in the pipeline's code, or lower --workers if memory is short`,
    { cause },
  );
}
