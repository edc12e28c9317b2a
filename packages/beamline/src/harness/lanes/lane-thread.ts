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
import type { LaneThreadData } from "./thread-lane.js";

// Entry of a lane's thread: builds the pipeline again, then runs the bundles that it is sent.

async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw internalError("The lane module runs only in a worker thread");
  const setup = workerData as LaneThreadData;
  const post: PostFromLane = (message, transfer = []) => port.postMessage(message, transfer);
  const instructions = new AsyncLocalStorage<string>();
  if (setup.captureConsole) {
    const instruction = () => instructions.getStore();
    captureConsole(setup.name, instruction, (line) => post({ kind: "log", line }));
  }

  let graph: Graph;
  try {
    // Only now, so that it costs nothing for the modules of our own.
    process.setSourceMapsEnabled(true);
    graph = await loadGraph(setup.code);
    requireSameFingerprint(setup.fingerprint, fingerprintOf(graph));
  } catch (error) {
    post({ kind: "broken", report: encodeErrorReport(error) });
    return;
  }
  const { parallelism } = setup;
  const within = <T>(instruction: string, run: () => Promise<T>) =>
    instructions.run(instruction, run);
  const state = blockingState(setup.state, (query) =>
    // One question at a time, so that answers need no number.
    post({ kind: "state", request: 0, ...query }),
  );
  const lane = new Lane(graph, { parallelism, within, state }, post);
  port.on("message", (message: ToLane) => lane.receive(message));
  post({ kind: "ready" });
}

await main();
