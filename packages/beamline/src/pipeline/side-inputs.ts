import type { Flow } from "../graph/flow.js";
import type { GraphBuilder } from "../graph/graph-builder.js";
import type { PCollectionId } from "../graph/nodes.js";
import type { SideInput } from "../graph/side-input.js";
import { BeamlineError } from "../model/errors.js";
import { describeWindowFn } from "../windowing/describe.js";
import { isMerging } from "../windowing/merge.js";
import { requireOwn } from "./handle.js";
import { PCollectionView } from "./views.js";

/** The side inputs in a transform's options, checked; undefined where there are none. */
export function sideInputsIn(
  name: string,
  builder: GraphBuilder,
  main: PCollectionId,
  options: unknown,
): Readonly<Record<string, SideInput>> | undefined {
  const side = (options as { readonly side?: unknown } | undefined)?.side;
  if (side === undefined) return undefined;
  if (typeof side !== "object" || side === null || side instanceof PCollectionView) {
    throw notViews(name, "the side inputs are no object of views");
  }
  const sideInputs: Record<string, SideInput> = {};
  for (const [key, view] of Object.entries(side)) {
    if (!(view instanceof PCollectionView)) throw notViews(name, `"${key}" is not a view`);
    const [pcollection] = requireOwn(name, builder, [view.pcollection]);
    if (pcollection === undefined) continue;
    requireMatchingWindows(name, key, builder.flowAt(main), builder.flowAt(pcollection));
    sideInputs[key] = { pcollection, view: view.view };
  }
  return Object.keys(sideInputs).length === 0 ? undefined : sideInputs;
}

/** Each window of the main input must have one of the side input that belongs to it. */
function requireMatchingWindows(name: string, key: string, main: Flow, side: Flow): void {
  const { windowFn } = side.windowing;
  if (windowFn.kind === "global") return;
  if (windowFn.kind === "custom" && windowFn.fn.sideInputWindow !== undefined) return;
  const where = `Cannot apply "${name}": its side input "${key}" is in ${describeWindowFn(windowFn)}`;
  if (isMerging(windowFn)) {
    throw new BeamlineError(
      "BAD_SIDE_INPUT_WINDOW",
      `${where}, which merge, so that none belongs to a window of the main input; window the side input by fixed or sliding windows`,
    );
  }
  if (main.windowing.windowFn.kind === "global") {
    throw new BeamlineError(
      "BAD_SIDE_INPUT_WINDOW",
      `${where} and its input is in the global window, which belongs to none of them; window the input, too, or put the side input into globalWindows()`,
    );
  }
}

function notViews(name: string, what: string): BeamlineError {
  return new BeamlineError(
    "NOT_A_VIEW",
    `Cannot apply "${name}": ${what}; write { side: { rates: pcollection.asMap() } }, with asSingleton(), asIterable(), asList(), asMap() or asMultimap()`,
  );
}
