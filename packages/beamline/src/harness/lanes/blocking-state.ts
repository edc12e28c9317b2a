import { receiveMessageOnPort } from "node:worker_threads";
import { BeamlineError, internalError } from "../../model/errors.js";
import type { StateAccess, StateAnswer, StateQuery } from "../bundle/state-access.js";
import type { StateWire } from "./start-lane-thread.js";

/** State for a thread that asks with `ask`, then sleeps until the main thread has answered. */
export function blockingState(
  { port, signal }: StateWire,
  ask: (query: StateQuery) => void,
): StateAccess {
  const answers = new Int32Array(signal);
  return {
    kind: "blocking",
    fetch(query) {
      const seen = Atomics.load(answers, 0);
      ask(query);
      Atomics.wait(answers, 0, seen);
      const received: { readonly message: StateAnswer } | undefined = receiveMessageOnPort(port);
      if (received === undefined) throw internalError("A state answer was announced and not there");
      const { page, error } = received.message;
      if (page === undefined) {
        throw new BeamlineError("STATE_UNAVAILABLE", error, { origin: "remote" });
      }
      return page;
    },
  };
}

/** Wakes the thread that waits at the other end. */
export function answerState({ port, signal }: StateWire, answer: StateAnswer): void {
  port.postMessage(answer);
  const answers = new Int32Array(signal);
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
}
