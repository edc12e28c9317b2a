import { GLOBAL_WINDOWING, type WindowingStrategy } from "../windowing/windowing-strategy.js";
import type { PrimitiveDraft } from "./graph-builder.js";
import type { PCollectionId } from "./nodes.js";

/** What a PCollection's elements have in common besides their type. */
export interface Flow {
  readonly windowing: WindowingStrategy;
  readonly isBounded: boolean;
}

/** The flow of a new transform's outputs, from that of its inputs. */
export function flowOf(
  _name: string,
  draft: PrimitiveDraft,
  flowAt: (id: PCollectionId) => Flow,
): Flow {
  switch (draft.kind) {
    case "impulse":
      return { windowing: GLOBAL_WINDOWING, isBounded: true };
    case "testStream":
      return { windowing: GLOBAL_WINDOWING, isBounded: false };
    case "windowInto":
      return { windowing: draft.windowing, isBounded: flowAt(draft.input).isBounded };
    case "flatten": {
      const flows = draft.inputs.map(flowAt);
      return {
        windowing: flows[0]?.windowing ?? GLOBAL_WINDOWING,
        isBounded: flows.every(({ isBounded }) => isBounded),
      };
    }
    case "parDo": {
      const { windowing, isBounded } = flowAt(draft.input);
      return { windowing, isBounded: isBounded && !isUnboundedSource(draft.fn) };
    }
    case "groupByKey":
    case "reshuffle":
    case "combineStep": {
      const { windowing, isBounded } = flowAt(draft.input);
      return { windowing, isBounded };
    }
  }
}

function isUnboundedSource(fn: Extract<PrimitiveDraft, { kind: "parDo" }>["fn"]): boolean {
  return fn.kind === "splittable" && fn.isBounded === false;
}
