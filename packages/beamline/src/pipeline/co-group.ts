import type { Coder } from "../coders/coder.js";
import { kv } from "../coders/kv.js";
import { type Tagged, union } from "../coders/union.js";
import type { GraphBuilder } from "../graph/graph-builder.js";
import type { PCollectionId } from "../graph/nodes.js";
import { addGroupByKey, addStep, outputOf, pairCodersOf, partNamed } from "./steps.js";

/** Keyed PCollections by name. */
export type CoGroupInputs = readonly (readonly [name: string, id: PCollectionId])[];

/** A key, and the values that each input has for it: tagged by the input's place, in no order. */
export type CoGroup = readonly [key: unknown, values: Iterable<Tagged>];

/**
 * Brings the values of a key from all inputs together, in the composite that is open, and turns
 * each group into elements.
 */
export function coGroup(
  builder: GraphBuilder,
  inputs: CoGroupInputs,
  finishName: string,
  finish: (group: CoGroup) => Iterable<unknown>,
): PCollectionId {
  const coders = inputs.map(([, id]) => pairCodersOf(builder, id));
  const [key] = coders[0] ?? [];
  const values = union(coders.map(([, value]) => value));
  const tagged = inputs.map(([name, input], tag) => {
    const fn = (pair: readonly [unknown, unknown]) => [pair[0], [tag, pair[1]]];
    const id = addStep(builder, `Tag ${name}`, input, { kind: "map", fn });
    if (key !== undefined) builder.setCoder(id, kv(key, values) as unknown as Coder<unknown>);
    return id;
  });
  const together = outputOf(
    builder.addPrimitive({ kind: "flatten", inputs: tagged }, partNamed("Together")),
  );
  const groups = addGroupByKey(builder, "Group", together);
  return addStep(builder, finishName, groups, { kind: "flatMap", fn: finish });
}
