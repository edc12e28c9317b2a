import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";

/** How a lane's thread waits for state without giving up its stack. */
export interface StateWire {
  /** Where the answer is put. */
  readonly port: MessagePort;
  /** One Int32 that counts answers. */
  readonly signal: SharedArrayBuffer;
}

/** How a lane's thread hears of what cannot wait until user code pauses. */
export interface UrgentWire {
  readonly port: MessagePort;
  /** One Int32 that counts what was posted. */
  readonly signal: SharedArrayBuffer;
}

/** `workerData` of a lane's thread. */
export interface LaneThreadData {
  readonly state: StateWire;
  readonly urgent: UrgentWire;
}

/** A thread that has been started and does not know its pipeline yet. */
export interface LaneThread {
  readonly worker: Worker;
  readonly state: StateWire;
  readonly urgent: UrgentWire;
}

/**
 * Starts a thread for a lane. A worker process does so before anything else: the thread loads its
 * modules while the main thread loads its own.
 */
export function startLaneThread(): LaneThread {
  const { port1, port2 } = new MessageChannel();
  const signal = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const urgent = new MessageChannel();
  const posted = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const workerData: LaneThreadData = {
    state: { port: port2, signal },
    urgent: { port: urgent.port2, signal: posted },
  };
  // A larger young generation: most elements die young, and copying survivors costs.
  const worker = new Worker(new URL("./lane-thread.js", import.meta.url), {
    workerData,
    transferList: [port2, urgent.port2],
    resourceLimits: { maxYoungGenerationSizeMb: 32 },
  });
  return {
    worker,
    state: { port: port1, signal },
    urgent: { port: urgent.port1, signal: posted },
  };
}
