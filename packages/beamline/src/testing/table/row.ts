import type { PCollection } from "../../pipeline/pcollection.js";
import type { Pipeline } from "../../pipeline/pipeline.js";

/** A small pipeline and what must come out of it, on any runner and in any bundles. */
export interface Row {
  /** Unique in the table; letters, digits and dashes. */
  readonly name: string;
  build(p: Pipeline): PCollection<unknown>;
  /** The elements of what `build` returns, in any order. */
  readonly expected: readonly unknown[];
}

/** Checks `expected` against the type of what `build` returns. */
export function row<T>(
  name: string,
  build: (p: Pipeline) => PCollection<T>,
  expected: readonly NoInfer<T>[],
): Row {
  return { name, build, expected };
}
