import type { BeamMetrics } from "./beam-metrics.js";

/** How many elements a transform of the pipeline's outermost level has made. */
export interface Made {
  readonly transform: string;
  readonly value: number;
}

/**
 * What the transforms made that people have applied themselves, the most first. Of a composite the
 * metrics don't say which PCollection is its output: where it has counted only one, that is it.
 */
export function outermost(elements: BeamMetrics["elements"]): Made[] {
  const byTransform = new Map<string, number[]>();
  for (const { pcollection, value } of elements) {
    const [transform = ""] = nameOf(pcollection).split("/");
    byTransform.set(transform, [...(byTransform.get(transform) ?? []), value]);
  }
  const own = new Map(elements.map(({ pcollection, value }) => [nameOf(pcollection), value]));
  return [...byTransform]
    .map(([transform, values]) => ({
      transform,
      value: own.get(transform) ?? (values.length === 1 ? values[0] : undefined),
    }))
    .filter((made): made is Made => made.value !== undefined)
    .sort((a, b) => b.value - a.value);
}

/** The name under which people know the maker of a PCollection. */
export function nameOf(pcollection: string): string {
  return pcollection.replace(/\.out$/, "");
}
