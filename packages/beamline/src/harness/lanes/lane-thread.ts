import { AsyncLocalStorage } from "node:async_hooks";
import { parentPort, workerData } from "node:worker_threads";
import { fingerprintOf, requireSameFingerprint } from "../../code-ref/fingerprint.js";
import { loadGraph } from "../../code-ref/load-graph.js";
import type { Graph } from "../../graph/nodes.js";
import { internalError } from "../../model/errors.js";
import { Lane, type PostFromLane } from "../bundle/lane.js";
import type { ToLane } from "../bundle/messages.js";
import { encodeErrorReport } from "../error-report.js";
import { blockingState } from "./blocking-state.js";
import { captureConsole } from "./capture-console.js";
import type { LaneThreadData, StateWire } from "./start-lane-thread.js";
import type { LaneSetup, SetupMessage } from "./thread-lane.js";
import { receiveUrgent } from "./urgent-messages.js";

// Entry of a lane's thread: builds the pipeline again, then runs the bundles that it is sent.

function main(): void {
  const port = parentPort;
  if (port === null) throw internalError("The lane module runs only in a worker thread");
  const post: PostFromLane = (message, transfer = []) => port.postMessage(message, transfer);
  const { state, urgent } = workerData as LaneThreadData;
  const waiting: ToLane[] = [];
  let lane: Lane | undefined;
  const receive = (message: ToLane) => {
    if (lane === undefined) waiting.push(message);
    else lane.receive(message);
  };
  const poll = receiveUrgent(urgent, receive);
  port.on("message", (message: SetupMessage | ToLane) => {
    if (message.kind === "setup") {
      void begin(message.setup, state, poll, post).then((begun) => {
        lane = begun;
        if (begun === undefined) {
          port.close();
          urgent.port.close();
        }
        for (const early of waiting.splice(0)) begun?.receive(early);
      });
    } else receive(message);
  });
}

/** Loads the pipeline. Never rejects: a lane that cannot be says so, and is undefined. */
async function begin(
  { code, fingerprint, parallelism, name, captureConsole: capture }: LaneSetup,
  wire: StateWire,
  poll: () => void,
  post: PostFromLane,
): Promise<Lane | undefined> {
  const instructions = new AsyncLocalStorage<string>();
  if (capture) {
    const instruction = () => instructions.getStore();
    captureConsole(name, instruction, (line) => post({ kind: "log", line }));
  }
  let graph: Graph;
  try {
    // Only now, so that it costs nothing for the modules of our own.
    process.setSourceMapsEnabled(true);
    graph = await loadGraph(code);
    requireSameFingerprint(fingerprint, fingerprintOf(graph));
  } catch (error) {
    post({ kind: "broken", report: encodeErrorReport(error) });
    return undefined;
  }
  const within = <T>(instruction: string, run: () => Promise<T>) =>
    instructions.run(instruction, run);
  const state = blockingState(wire, (query) =>
    // One question at a time, so that answers need no number.
    post({ kind: "state", request: 0, ...query }),
  );
  post({ kind: "ready" });
  return new Lane(graph, { parallelism, within, state, poll }, post);
}

main();
