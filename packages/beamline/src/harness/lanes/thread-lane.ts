import { Worker } from "node:worker_threads";
import type { CodeReference } from "../../code-ref/code-reference.js";
import type { Fingerprint } from "../../code-ref/fingerprint.js";
import { BeamlineError } from "../../model/errors.js";
import type { FromLane } from "../bundle/messages.js";
import type { OpenLane } from "./lane-handle.js";

/** `workerData` of a lane's thread. */
export interface LaneSetup {
  readonly code: CodeReference;
  readonly fingerprint: Fingerprint;
  readonly parallelism: number;
  readonly name: string;
}

const CLOSE_MS = 5000;

/** A lane in a worker thread of its own. */
export function threadLane(setup: LaneSetup): OpenLane {
  return (listener) => {
    // A larger young generation: most elements die young, and copying survivors costs.
    const worker = new Worker(new URL("./lane-thread.js", import.meta.url), {
      workerData: setup,
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
      post: (message, transfer = []) => worker.postMessage(message, transfer),
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
