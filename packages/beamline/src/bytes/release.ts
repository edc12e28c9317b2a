import { MessageChannel } from "node:worker_threads";

/** A port that nobody listens to. */
const NOWHERE = closedPort();

/**
 * Gives back the memory of a buffer that shares it with no other, at once: it is empty afterwards.
 *
 * Memory outside of V8's heap counts little for its collector, which lets gigabytes of short-lived
 * buffers come together. What is sent to a port that is closed goes when the message goes.
 */
export function releaseMemory({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength > 0) {
    NOWHERE.postMessage(undefined, [buffer]);
  }
}

function closedPort() {
  const { port1, port2 } = new MessageChannel();
  port1.close();
  port2.close();
  return port1;
}
