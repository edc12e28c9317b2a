import type { CodeReference } from "../../code-ref/code-reference.js";
import type { Fingerprint } from "../../code-ref/fingerprint.js";
import { BeamlineError } from "../../model/errors.js";
import type { FromLane } from "../bundle/messages.js";
import { answerState } from "./blocking-state.js";
import type { OpenLane } from "./lane-handle.js";
import { startLaneThread } from "./start-lane-thread.js";

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

/** A lane in a worker thread of its own: a new one, unless one has been started for it. */
export function threadLane(setup: LaneSetup, thread = startLaneThread()): OpenLane {
  return (listener) => {
    const { worker, state } = thread;
    let over = false;
    let closed: () => void = () => undefined;
    const die = (cause: Error) => {
      if (over) return;
      over = true;
      listener.died(cause);
    };
    worker.on("message", (message: FromLane) => {
      if (message.kind === "closed") closed();
      else if (!over) listener.message(message);
    });
    worker.on("error", (error) => die(diedOf(error)));
    worker.on("exit", (code) => {
      closed();
      die(exited(code));
    });
    const first: SetupMessage = { kind: "setup", setup };
    worker.postMessage(first);
    return {
      post(message, transfer = []) {
        // The thread sleeps until it has this answer: it sees no other messages.
        if (message.kind === "state") answerState(state, message.answer);
        else worker.postMessage(message, transfer);
      },
      async close() {
        if (!over) {
          over = true;
          const answered = new Promise<void>((resolve) => {
            closed = resolve;
          });
          worker.postMessage({ kind: "close" });
          await orAfter(answered, CLOSE_MS);
        }
        await worker.terminate();
        state.port.close();
      },
    };
  };
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
