import type { GraphBuilder } from "../graph/graph-builder.js";
import type { PCollectionId } from "../graph/nodes.js";
import { BeamlineError } from "../model/errors.js";

/** What every typed view of a PCollection is underneath: an id in a graph under construction. */
export class PCollectionHandle {
  /** @internal */
  readonly builder: GraphBuilder;
  readonly id: PCollectionId;

  constructor(builder: GraphBuilder, id: PCollectionId) {
    this.builder = builder;
    this.id = id;
  }
}

/** Ids of the PCollections in a transform's result: one, an array or a record of them. */
export function handleIdsOf(result: unknown): readonly PCollectionId[] {
  if (result instanceof PCollectionHandle) return [result.id];
  if (typeof result !== "object" || result === null) return [];
  return Object.values(result).flatMap((part) =>
    part instanceof PCollectionHandle ? [part.id] : [],
  );
}

/** Checks that every input is a PCollection of this pipeline; returns their ids. */
export function requireOwn(
  name: string,
  builder: GraphBuilder,
  inputs: readonly unknown[],
): readonly PCollectionId[] {
  return inputs.map((input) => {
    if (!(input instanceof PCollectionHandle)) {
      throw new BeamlineError(
        "NOT_A_PCOLLECTION",
        `Cannot apply "${name}": it got ${String(input)} where a PCollection belongs; pass the result of an earlier transform`,
      );
    }
    if (input.builder !== builder) {
      throw new BeamlineError(
        "FOREIGN_PCOLLECTION",
        `Cannot apply "${name}": "${input.id}" belongs to another pipeline; build both sides with the same Pipeline`,
      );
    }
    return input.id;
  });
}
