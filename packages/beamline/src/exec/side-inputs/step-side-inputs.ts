import type { Graph, ParDoNode } from "../../graph/nodes.js";
import { internalError } from "../../model/errors.js";
import type { Step, StepSideInput } from "../stage.js";

/** What the step of a ParDo reads from the side; nothing at all where it has no side inputs. */
export function stepSideInputsOf(
  { name, sideInputs }: ParDoNode,
  { pcollections }: Graph,
): Pick<Step, "sideInputs"> {
  const entries = Object.entries(sideInputs).map(([local, { pcollection, view }]) => {
    const node = pcollections.get(pcollection);
    if (node === undefined) throw internalError(`No side input "${pcollection}" of "${name}"`);
    const { coder, windowing } = node;
    const sideInput: StepSideInput = { pcollection, view, coder, windowing };
    return [local, sideInput] as const;
  });
  return entries.length === 0 ? {} : { sideInputs: Object.fromEntries(entries) };
}
