import type { BeamMetrics } from "./beam-metrics.js";

/** How the PCollection that is the main output of a step ends. */
const MAIN = ".out";

/** How many elements a transform of the pipeline's outermost level has made. */
export interface Made {
  readonly transform: string;
  readonly value: number;
}

/**
 * What the transforms made that people have applied themselves, the most first. Of a composite the
 * metrics don't say which PCollection is its output: where it has counted one alone, the main output
 * of a step, that is taken for it.
 */
export function outermost(elements: BeamMetrics["elements"]): Made[] {
  const inside = new Map<string, BeamMetrics["elements"][number][]>();
  const made: Made[] = [];
  for (const each of elements) {
    const [transform = "", ...rest] = nameOf(each.pcollection).split("/");
    if (rest.length === 0) made.push({ transform, value: each.value });
    else inside.set(transform, [...(inside.get(transform) ?? []), each]);
  }
  for (const [transform, [only, another]] of inside) {
    if (only === undefined || another !== undefined || !only.pcollection.endsWith(MAIN)) continue;
    made.push({ transform, value: only.value });
  }
  return made.sort((a, b) => b.value - a.value);
}

/** The name under which people know the maker of a PCollection. */
export function nameOf(pcollection: string): string {
  return pcollection.endsWith(MAIN) ? pcollection.slice(0, -MAIN.length) : pcollection;
}
