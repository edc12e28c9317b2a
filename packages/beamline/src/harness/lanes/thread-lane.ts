import type { CodeReference } from "../../code-ref/code-reference.js";
import type { Fingerprint } from "../../code-ref/fingerprint.js";
import { BeamlineError } from "../../model/errors.js";
import type { FromLane, ToLane } from "../bundle/messages.js";
import { answerState } from "./blocking-state.js";
import type { LaneHandle, LaneListener, OpenLane } from "./lane-handle.js";
import { type LaneThread, startLaneThread } from "./start-lane-thread.js";
import { postUrgent } from "./urgent-messages.js";

/** What a lane's thread is told first. */
export interface LaneSetup {
  readonly code: CodeReference;
  readonly fingerprint: Fingerprint;
  readonly parallelism: number;
  readonly name: string;
  /** Whether what user code logs goes to the runner instead of this process's terminal. */
  readonly captureConsole: boolean;
}

export interface SetupMessage {
  readonly kind: "setup";
  readonly setup: LaneSetup;
}

const CLOSE_MS = 5000;

/**
 * A lane in a worker thread of its own: a new one, unless one has been started for it. The thread
 * loads the pipeline from now on, whether or not the lane has been opened.
 */
export class ThreadLane implements LaneHandle {
  private readonly thread: LaneThread;
  private listener: LaneListener | undefined;
  /** What happened before somebody listened. */
  private early: ((listener: LaneListener) => void)[] = [];
  private over = false;
  private closed: () => void = () => undefined;

  constructor(setup: LaneSetup, thread = startLaneThread()) {
    this.thread = thread;
    const { worker } = thread;
    worker.on("message", (message: FromLane) => {
      if (message.kind === "closed") this.closed();
      else if (!this.over) this.tell((listener) => listener.message(message));
    });
    worker.on("error", (error) => this.die(diedOf(error)));
    worker.on("exit", (code) => {
      this.closed();
      this.die(exited(code));
    });
    const first: SetupMessage = { kind: "setup", setup };
    worker.postMessage(first);
  }

  /** The listener hears of everything, but of nothing before it has the lane. */
  readonly open: OpenLane = (listener) => {
    queueMicrotask(() => {
      this.listener = listener;
      for (const happened of this.early.splice(0)) happened(listener);
    });
    return this;
  };

  post(message: ToLane, transfer: readonly ArrayBuffer[] = []): void {
    const { worker, state, urgent } = this.thread;
    switch (message.kind) {
      case "state":
        // The thread sleeps until it has this answer: it sees no other messages.
        answerState(state, message.answer);
        return;
      case "abort":
        // By both ways: the urgent one may overtake the bundle itself.
        worker.postMessage(message);
        postUrgent(urgent, message);
        return;
      case "split":
      case "progress":
        postUrgent(urgent, message);
        return;
      default:
        worker.postMessage(message, transfer);
    }
  }

  async close(): Promise<void> {
    const { worker, state, urgent } = this.thread;
    // One that nobody has opened has nothing to put away.
    if (!this.over && this.listener !== undefined) {
      this.over = true;
      const answered = new Promise<void>((resolve) => {
        this.closed = resolve;
      });
      worker.postMessage({ kind: "close" });
      await orAfter(answered, CLOSE_MS);
    }
    this.over = true;
    await worker.terminate();
    state.port.close();
    urgent.port.close();
  }

  private die(cause: Error): void {
    if (this.over) return;
    this.over = true;
    this.tell((listener) => listener.died(cause));
  }

  private tell(happened: (listener: LaneListener) => void): void {
    if (this.listener === undefined) this.early.push(happened);
    else happened(this.listener);
  }
}

async function orAfter(answered: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([answered, late]);
  clearTimeout(timer);
}

function diedOf(error: unknown): Error {
  const code = (error as { code?: unknown }).code;
  if (code === "ERR_WORKER_OUT_OF_MEMORY") {
    return new BeamlineError(
      "WORKER_OUT_OF_MEMORY",
      "Cannot finish the bundle: its worker thread ran out of memory; give the workers more (NODE_OPTIONS=--max-old-space-size), or keep less in each DoFn",
      { cause: error },
    );
  }
  return new BeamlineError(
    "WORKER_DIED",
    `Cannot finish the bundle: its worker thread ended with an error that nothing caught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}; await every promise in the pipeline's code`,
    { cause: error },
  );
}

function exited(code: number): BeamlineError {
  return new BeamlineError(
    "WORKER_DIED",
    `Cannot finish the bundle: its worker thread ended with code ${code}; look for process.exit() in the pipeline's code`,
  );
}
