import { receiveMessageOnPort } from "node:worker_threads";
import type { ToLane } from "../bundle/messages.js";
import type { UrgentWire } from "./start-lane-thread.js";

/** Posts what the thread is to see even in the midst of user code. */
export function postUrgent({ port, signal }: UrgentWire, message: ToLane): void {
  port.postMessage(message);
  Atomics.add(new Int32Array(signal), 0, 1);
}

/**
 * Hands urgent messages to `receive`: as events, and whenever the function that is returned is
 * called, which costs next to nothing while there are none.
 */
export function receiveUrgent(
  { port, signal }: UrgentWire,
  receive: (message: ToLane) => void,
): () => void {
  const posted = new Int32Array(signal);
  let seen = 0;
  port.on("message", receive);
  return () => {
    const count = Atomics.load(posted, 0);
    if (count === seen) return;
    seen = count;
    for (;;) {
      const received: { readonly message: ToLane } | undefined = receiveMessageOnPort(port);
      if (received === undefined) return;
      receive(received.message);
    }
  };
}
