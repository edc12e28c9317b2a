import { BeamFnWorkerStatus } from "../../proto/gen/fn-execution/worker-status_pb.js";
import type { Transport } from "../../transport/transport.js";

/** Answers a runner that asks how the worker is, until the stream ends. Never rejects. */
export async function serveStatus(
  transport: Transport,
  status: () => Promise<string>,
): Promise<void> {
  try {
    const stream = transport.stream(BeamFnWorkerStatus.method.workerStatus);
    for await (const { id } of stream.messages) {
      await stream.send({ id, statusInfo: await status() });
    }
  } catch {
    // Status is for people who look: a worker without it works.
  }
}
