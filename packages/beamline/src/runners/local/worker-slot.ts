import type { WorkerExecutor } from "./worker-executor.js";

export interface SlotOptions {
  readonly open: () => WorkerExecutor;
  /** A thread can take work. */
  readonly onReady: () => void;
  /** No thread can be had. */
  readonly onFailure: (error: unknown) => void;
}

type State =
  | { readonly kind: "starting" | "ready"; readonly executor: WorkerExecutor }
  | { readonly kind: "failed" }
  | { readonly kind: "closed" };

/** Threads in a row that die without a bundle in between, until there is no point in another one. */
const MOST_USELESS = 3;

/** A place for a worker thread: one that dies is followed by another one. */
export class WorkerSlot {
  private readonly options: SlotOptions;
  private state: State;
  /** Threads that have died. */
  deaths = 0;
  private useless = 0;
  private lastUseless: string | undefined;

  constructor(options: SlotOptions) {
    this.options = options;
    this.state = this.open();
  }

  /** The thread that can take work, if there is one now. */
  get ready(): WorkerExecutor | undefined {
    return this.state.kind === "ready" ? this.state.executor : undefined;
  }

  /** Ends the thread in good order. */
  async close(): Promise<void> {
    const { state } = this;
    this.state = { kind: "closed" };
    if (state.kind === "ready") await state.executor.close();
    else if (state.kind === "starting") await state.executor.kill();
  }

  /** Stops the thread wherever it is. */
  async kill(): Promise<void> {
    const { state } = this;
    this.state = { kind: "closed" };
    if ("executor" in state) await state.executor.kill();
  }

  private open(): State {
    const executor = this.options.open();
    const state: State = { kind: "starting", executor };
    let died = false;
    executor.onDeath = (error, doing) => {
      died = true;
      this.deaths++;
      this.replace(executor, error, doing.kind);
    };
    executor.ready.then(
      () => {
        if (this.state !== state) return;
        this.state = { kind: "ready", executor };
        this.options.onReady();
      },
      // It lives and says that the pipeline can't be built: nor would it in another thread.
      (error) => {
        if (!died && this.state === state) this.fail(error);
      },
    );
    return state;
  }

  private replace(dead: WorkerExecutor, error: Error, doing: string): void {
    const { state } = this;
    if (!("executor" in state) || state.executor !== dead) return;
    // A bundle that kills its thread counts its attempts itself.
    if (doing === "bundle" || dead.bundles > 0) this.useless = 0;
    else this.useless = error.message === this.lastUseless ? this.useless + 1 : 1;
    this.lastUseless = error.message;
    if (this.useless >= MOST_USELESS) this.fail(error);
    else this.state = this.open();
  }

  private fail(error: unknown): void {
    this.state = { kind: "failed" };
    this.options.onFailure(error);
  }
}
