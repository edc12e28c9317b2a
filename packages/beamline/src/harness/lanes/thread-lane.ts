import { MessageChannel, Worker } from "node:worker_threads";
import type { CodeReference } from "../../code-ref/code-reference.js";
import type { Fingerprint } from "../../code-ref/fingerprint.js";
import { BeamlineError } from "../../model/errors.js";
import type { FromLane } from "../bundle/messages.js";
import { answerState, type StateWire } from "./blocking-state.js";
import type { OpenLane } from "./lane-handle.js";

export interface LaneSetup {
  readonly code: CodeReference;
  readonly fingerprint: Fingerprint;
  readonly parallelism: number;
  readonly name: string;
  /** Whether what user code logs goes to the runner instead of this process's terminal. */
  readonly captureConsole: boolean;
}

/** `workerData` of a lane's thread. */
export interface LaneThreadData extends LaneSetup {
  readonly state: StateWire;
}

const CLOSE_MS = 5000;

/** A lane in a worker thread of its own. */
export function threadLane(setup: LaneSetup): OpenLane {
  return (listener) => {
    const { port1, port2 } = new MessageChannel();
    const signal = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const state: StateWire = { port: port1, signal };
    const workerData: LaneThreadData = { ...setup, state: { port: port2, signal } };
    // A larger young generation: most elements die young, and copying survivors costs.
    const worker = new Worker(new URL("./lane-thread.js", import.meta.url), {
      workerData,
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: 32 },
    });
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
        port1.close();
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
