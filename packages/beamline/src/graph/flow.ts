import { continuationOf } from "../windowing/continuation-trigger.js";
import { needsMerge } from "../windowing/merge.js";
import { GLOBAL_WINDOWING, type WindowingStrategy } from "../windowing/windowing-strategy.js";
import { requireCompatible, requireGroupable } from "./grouping-checks.js";
import type { PCollectionId } from "./nodes.js";
import type { PrimitiveDraft } from "./primitive-draft.js";

/** What a PCollection's elements have in common besides their type. */
export interface Flow {
  readonly windowing: WindowingStrategy;
  readonly isBounded: boolean;
}

/** The flow of a new transform's outputs, from that of its inputs. Refuses what would lose data. */
export function flowOf(
  name: string,
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
      const flows = draft.inputs.map((id) => ({ id, ...flowAt(id) }));
      requireCompatible(name, flows);
      return {
        windowing: flows[0]?.windowing ?? GLOBAL_WINDOWING,
        isBounded: flows.every(({ isBounded }) => isBounded),
      };
    }
    case "parDo": {
      const { windowing, isBounded } = flowAt(draft.input);
      return { windowing, isBounded: isBounded && !isUnboundedSource(draft.fn) };
    }
    case "groupByKey": {
      const flow = flowAt(draft.input);
      requireGroupable(name, flow);
      return { windowing: groupedWindowing(flow.windowing), isBounded: flow.isBounded };
    }
    case "reshuffle":
    case "combineStep": {
      const { windowing, isBounded } = flowAt(draft.input);
      return { windowing, isBounded };
    }
  }
}

/** Below a grouping, panes go on as they come, and windows that have merged stay as they are. */
function groupedWindowing(windowing: WindowingStrategy): WindowingStrategy {
  const trigger = continuationOf(windowing.trigger);
  const alreadyMerged = windowing.alreadyMerged || needsMerge(windowing);
  if (trigger === windowing.trigger && alreadyMerged === windowing.alreadyMerged) return windowing;
  return Object.freeze({ ...windowing, trigger, alreadyMerged });
}

function isUnboundedSource(fn: Extract<PrimitiveDraft, { kind: "parDo" }>["fn"]): boolean {
  return fn.kind === "splittable" && fn.isBounded === false;
}
