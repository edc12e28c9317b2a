import type { Graph } from "../../graph/nodes.js";
import { BeamlineError } from "../../model/errors.js";
import { Lane } from "../bundle/lane.js";
import type { StateAccess, StateAnswer, StatePage } from "../bundle/state-access.js";
import type { OpenLane } from "./lane-handle.js";

/** A lane on the calling thread: for graphs that exist only here. */
export function inlineLane(graph: Graph): OpenLane {
  return (listener) => {
    let closed: () => void = () => undefined;
    const asked = new Map<number, (answer: StateAnswer) => void>();
    let requests = 0;
    const state: StateAccess = {
      kind: "ahead",
      fetch: (query) =>
        new Promise<StatePage>((resolve, reject) => {
          const request = requests++;
          asked.set(request, ({ page, error }) => {
            asked.delete(request);
            if (page !== undefined) resolve(page);
            else reject(new BeamlineError("STATE_UNAVAILABLE", error, { origin: "remote" }));
          });
          listener.message({ kind: "state", request, ...query });
        }),
    };
    const stateAnswered = (request: number, answer: StateAnswer) => asked.get(request)?.(answer);
    const lane = new Lane(graph, { parallelism: 1, state, stateAnswered }, (message) => {
      if (message.kind === "closed") closed();
      else listener.message(message);
    });
    return {
      post: (message) => lane.receive(message),
      close: () =>
        new Promise((resolve) => {
          closed = resolve;
          lane.receive({ kind: "close" });
        }),
    };
  };
}
