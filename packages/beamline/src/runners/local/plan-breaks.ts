import { isStateful as isStatefulSignature } from "../../fn/do-fn-signature.js";
import type { UserFn } from "../../fn/user-fn.js";
import {
  inputsOf,
  outputsOf,
  type PCollectionId,
  type PrimitiveNode,
  sideInputsOf,
} from "../../graph/nodes.js";

export interface BreakOptions {
  /** `false` makes every ParDo begin a stage. */
  readonly fusion: boolean;
  isBounded(id: PCollectionId): boolean;
}

/**
 * The ParDos that begin a stage of their own: those with state, whose input is dealt out by key, and
 * those whose side inputs, fused with what is above them, would make stages wait for one another in
 * a circle, or come as a stream, window by window.
 *
 * Stages are known by the transforms that they begin with. `primitives` is in topological order, so
 * a stage that waits for another can close a circle only where a ParDo's side inputs join in.
 */
export function breaksOf(
  primitives: readonly PrimitiveNode[],
  { fusion, isBounded }: BreakOptions,
): ReadonlySet<string> {
  const breaks = new Set<string>();
  const stagesOf = new Map<PCollectionId, ReadonlySet<string>>();
  const waits = new Map<string, Set<string>>();
  const all = (ids: readonly PCollectionId[]) =>
    new Set(ids.flatMap((id) => [...(stagesOf.get(id) ?? [])]));
  const waitFor = (stage: string, others: Iterable<string>) => {
    const present = waits.get(stage) ?? new Set();
    for (const other of others) present.add(other);
    waits.set(stage, present);
  };
  for (const node of primitives) {
    const above = all(inputsOf(node));
    const beside = all(sideInputsOf(node));
    let stages: ReadonlySet<string> = above;
    const alone = !fusion || sideInputsOf(node).some((id) => !isBounded(id));
    const begins = beginsStage(node) || (node.kind === "parDo" && alone);
    if (begins || (beside.size > 0 && reaches(waits, beside, above))) {
      if (node.kind === "parDo" && node.fn.kind !== "splittable") breaks.add(node.name);
      stages = new Set([node.name]);
      waitFor(node.name, above);
      waitFor(node.name, beside);
    } else if (beside.size > 0) {
      for (const stage of above) waitFor(stage, beside);
    }
    for (const output of Object.values(outputsOf(node))) stagesOf.set(output, stages);
  }
  return breaks;
}

/** Whether all elements of a key have to meet in one place. */
export function isStateful(fn: UserFn): boolean {
  return fn.kind === "doFn" && isStatefulSignature(fn.signature);
}

function beginsStage(node: PrimitiveNode): boolean {
  switch (node.kind) {
    case "impulse":
    case "testStream":
    case "groupByKey":
    case "reshuffle":
      return true;
    case "parDo":
      return node.fn.kind === "splittable" || isStateful(node.fn);
    case "flatten":
    case "combineStep":
    case "windowInto":
      return false;
  }
}

/** Whether one of `from` is, or waits for, one of `targets`. */
function reaches(
  waits: ReadonlyMap<string, ReadonlySet<string>>,
  from: ReadonlySet<string>,
  targets: ReadonlySet<string>,
): boolean {
  const seen = new Set(from);
  // A set hands out what is added while it is iterated.
  for (const stage of seen) {
    if (targets.has(stage)) return true;
    for (const next of waits.get(stage) ?? []) seen.add(next);
  }
  return false;
}
