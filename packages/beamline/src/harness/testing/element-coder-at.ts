import type { Coder } from "../../coders/coder.js";
import { type WindowedValueCoder, windowedValue } from "../../coders/windowed-value.js";
import type { Stage } from "../../exec/stage.js";
import { type Graph, inputsOf, type PCollectionId } from "../../graph/nodes.js";
import { windowCoderOf } from "../../graph/proto/windowing-to-proto.js";
import { internalError } from "../../model/errors.js";

/** How elements of a stage's PCollection travel, with timestamps, windows and panes. */
export function elementCoderAt(
  stage: Stage,
  graph: Graph,
  pcollection: PCollectionId | undefined,
): WindowedValueCoder<unknown> {
  const coder: Coder<unknown> | undefined = stage.coders.get(pcollection ?? "");
  if (coder === undefined) throw internalError(`"${pcollection}" has no coder`);
  return windowedValue(coder, windowCoderOf(windowingAt(graph, pcollection ?? "")?.windowFn));
}

function windowingAt(graph: Graph, pcollection: PCollectionId) {
  const own = graph.pcollections.get(pcollection);
  if (own !== undefined) return own.windowing;
  // Inside a transform, such as between the steps of a splittable DoFn: as its input.
  const node = graph.transforms.get(pcollection.slice(0, pcollection.lastIndexOf(".")));
  const [input] = node === undefined ? [] : inputsOf(node);
  return graph.pcollections.get(input ?? "")?.windowing;
}
