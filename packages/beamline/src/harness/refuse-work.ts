import { BeamFnControl } from "../proto/gen/fn-execution/control_pb.js";
import type { Network } from "../transport/transport.js";

export interface RefuseOptions {
  readonly network: Network;
  readonly workerId: string;
  /** Address of the runner's control service. */
  readonly control: string;
  /** An encoded error report. */
  readonly report: string;
  /** How long to wait for a bundle. */
  readonly patienceMs: number;
}

/** After the first refused bundle, others may come at once. */
const AFTERMATH_MS = 500;

/**
 * Answers a runner's bundles with what keeps this worker from running them. A runner tells people
 * what went wrong in a bundle; of a process that just ends it can only tell the exit code.
 *
 * Never rejects: it is the last thing that a failing worker does.
 */
export async function refuseWork(options: RefuseOptions): Promise<void> {
  const { network, workerId, control, report, patienceMs } = options;
  const transport = network.connect(control, { metadata: { worker_id: workerId } });
  const stop = new AbortController();
  const leaveIn = (ms: number) => setTimeout(() => stop.abort(), ms);
  let timer = leaveIn(patienceMs);
  try {
    const stream = transport.stream(BeamFnControl.method.control, { signal: stop.signal });
    for await (const { instructionId, request } of stream.messages) {
      await stream.send({ instructionId, error: report });
      if (request.case !== "processBundle") continue;
      clearTimeout(timer);
      timer = leaveIn(AFTERMATH_MS);
    }
  } catch {
    // Nobody to tell any more, or told.
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}
