import type { Graph } from "../../graph/nodes.js";
import { Lane } from "../bundle/lane.js";
import type { OpenLane } from "./lane-handle.js";

/** A lane on the calling thread: for graphs that exist only here. */
export function inlineLane(graph: Graph): OpenLane {
  return (listener) => {
    let closed: () => void = () => undefined;
    const lane = new Lane(graph, { parallelism: 1 }, (message) => {
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
