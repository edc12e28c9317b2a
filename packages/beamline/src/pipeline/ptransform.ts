import type { GraphBuilder, Label } from "../graph/graph-builder.js";
import type { PCollectionId } from "../graph/nodes.js";
import type { RunHooks } from "../graph/run-hooks.js";
import { BeamlineError } from "../model/errors.js";
import { handleIdsOf } from "./handle.js";

/**
 * A reusable piece of pipeline: takes a PCollection (or the pipeline itself, for sources), applies
 * transforms and returns the result. It appears as one named box in the graph.
 */
export interface PTransform<in In, out Out> {
  /** Names the box unless `apply` is given another name. */
  readonly name: string;
  expand(input: In): Out;
  /** What the transform was made with, as plain data: shown in the graph, compared by workers. */
  readonly parameters?: unknown;
  readonly hooks?: RunHooks;
}

/** What `apply` takes: a transform, or a plain function from its input to its output. */
export type Applicable<In, Out> = PTransform<In, Out> | ((input: In) => Out);

/**
 * Names a piece of pipeline, so that it can be applied anywhere.
 *
 * @example
 * ```ts
 * const countWords = composite("CountWords", (lines: PCollection<string>) =>
 *   lines.flatMap((line) => line.split(" ")).countPerElement(),
 * );
 * ```
 */
export function composite<In, Out>(name: string, expand: (input: In) => Out): PTransform<In, Out> {
  return { name, expand };
}

/** Expands what `apply` was given inside a composite of its name. */
export function applyTransform<In, Out>(
  builder: GraphBuilder,
  input: In,
  inputIds: readonly PCollectionId[],
  args: readonly [Applicable<In, Out>] | readonly [name: string, Applicable<In, Out>],
): Out {
  const [first, second] = args;
  const transform = typeof first === "string" ? second : first;
  if (typeof transform === "function") {
    const label = labelOf(first, transform.name || "Apply");
    return builder.composite(label, inputIds, handleIdsOf, () => transform(input));
  }
  if (typeof transform?.expand !== "function") {
    throw new BeamlineError(
      "NOT_A_TRANSFORM",
      `Cannot apply ${String(transform)}: it is not a transform; pass one such as text.read(...), composite(...) or a function from PCollection to PCollection`,
    );
  }
  const { name, parameters, hooks } = transform;
  return builder.composite(
    labelOf(first, name),
    inputIds,
    handleIdsOf,
    () => transform.expand(input),
    {
      ...(parameters === undefined ? {} : { parameters }),
      ...(hooks === undefined ? {} : { hooks }),
    },
  );
}

function labelOf(first: unknown, defaultName: string): Label {
  return typeof first === "string"
    ? { name: first, given: true }
    : { name: defaultName, given: false };
}
