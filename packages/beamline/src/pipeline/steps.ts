import type { Coder } from "../coders/coder.js";
import { js } from "../coders/js.js";
import type { UserFn } from "../fn/user-fn.js";
import type { GraphBuilder, Label } from "../graph/graph-builder.js";
import { MAIN_OUTPUT, type PCollectionId } from "../graph/nodes.js";
import { internalError } from "../model/errors.js";

/** The label of a part of a composite. */
export function partNamed(name: string): Label {
  return { name, given: true };
}

/** The id under `tag` in what `addPrimitive` returned. */
export function outputOf(
  outputs: Readonly<Record<string, PCollectionId>>,
  tag: string = MAIN_OUTPUT,
): PCollectionId {
  const id = outputs[tag];
  if (id === undefined) throw internalError(`No output "${tag}" in ${Object.keys(outputs)}`);
  return id;
}

/** Adds a ParDo with one output. */
export function addStep(
  builder: GraphBuilder,
  name: string,
  input: PCollectionId,
  fn: UserFn,
): PCollectionId {
  return outputOf(builder.addPrimitive({ kind: "parDo", input, fn }, partNamed(name)));
}

export function addGroupByKey(
  builder: GraphBuilder,
  name: string,
  input: PCollectionId,
): PCollectionId {
  return outputOf(builder.addPrimitive({ kind: "groupByKey", input }, partNamed(name)));
}

/** The coders of the keys and values of a PCollection of pairs, as far as they are known. */
export function pairCodersOf(
  builder: GraphBuilder,
  id: PCollectionId,
): readonly [key: Coder<unknown>, value: Coder<unknown>] {
  const coder = builder.coderOf(id);
  const [key = js, value = js] = coder?.urn === "beam:coder:kv:v1" ? coder.components : [];
  return [key, value];
}
