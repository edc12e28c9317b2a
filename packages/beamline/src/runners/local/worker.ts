import { getHeapStatistics } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { fingerprintOf, requireSameFingerprint } from "../../code-ref/fingerprint.js";
import { loadGraph } from "../../code-ref/load-graph.js";
import { callingStep } from "../../exec/frame-name.js";
import { internalError } from "../../model/errors.js";
import type { BundleOutput } from "./bundle-work.js";
import { CpuProfile } from "./cpu-profile.js";
import { openThreadMemory } from "./memory/thread-memory.js";
import type { FromWorker, ToWorker, WorkerSetup } from "./messages.js";
import { planGraph } from "./plan.js";
import { serializeError } from "./serialize-error.js";
import { ThreadExecutor } from "./thread-executor.js";
import { tuneCollector } from "./tune-collector.js";

// Entry of a worker thread: builds the pipeline again, then runs the bundles that it is sent.

const PROGRESS_MS = 100;

async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw internalError("The worker module runs only in a worker thread");
  tuneCollector();
  const setup = workerData as WorkerSetup;
  const post = (message: FromWorker, transfer: ArrayBuffer[] = []) =>
    port.postMessage(message, transfer);

  // Runs within the call of process.exit(), so that the stack says whose call it was.
  process.on("exit", () => post({ kind: "exiting", step: callingStep() }));

  const profile = setup.profile === undefined ? undefined : await CpuProfile.start();
  let executor: ThreadExecutor;
  try {
    const graph = await loadGraph(setup.code);
    requireSameFingerprint(setup.fingerprint, fingerprintOf(graph));
    const wish = new Int32Array(setup.wish);
    const wantsSplit = () => Atomics.load(wish, 0) === 1 && Atomics.exchange(wish, 0, 0) === 1;
    executor = new ThreadExecutor(planGraph(graph, setup), {
      ...setup,
      wantsSplit,
      space: openThreadMemory(setup.memory),
      keepsChanges: true,
    });
  } catch (error) {
    post({ kind: "failed", error: serializeError(error) });
    return;
  }
  const progress = new Float64Array(setup.progress);
  setInterval(() => {
    const { elements, bytes } = executor.progress;
    progress.set([elements, bytes]);
  }, PROGRESS_MS).unref();

  const handle = async (message: ToWorker): Promise<void> => {
    if (message.kind === "close") {
      try {
        await executor.close();
        if (setup.profile !== undefined) await profile?.write(setup.profile);
        post({ kind: "closed" });
      } catch (error) {
        post({ kind: "closed", error: serializeError(error) });
      }
      port.close();
      return;
    }
    if (message.kind === "finalize") {
      executor.finalize();
      return;
    }
    try {
      const output = await executor.run(message.work, (split) => post({ kind: "split", split }));
      progress.fill(0);
      post({ kind: "done", output }, buffersOf(output));
    } catch (error) {
      post({ kind: "failed", error: serializeError(error), counts: executor.failedCounts() });
    }
  };
  port.on("message", (message: ToWorker) => void handle(message));
  post({ kind: "ready", heapLimit: getHeapStatistics().heap_size_limit });
}

function buffersOf(output: BundleOutput): ArrayBuffer[] {
  const rests = (output.residuals ?? []).map(({ block }) => block);
  const blocks = output.blocks.flatMap((each) => each.blocks);
  const { change } = output;
  const changed = change === undefined || change.kind === "input" ? [] : [change];
  return [...blocks, ...rests, ...changed].flatMap(({ bytes: { buffer } }) =>
    buffer instanceof ArrayBuffer ? [buffer] : [],
  );
}

await main();
