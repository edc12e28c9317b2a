import { toList } from "../combiners/to-list.js";
import { BeamlineError } from "../model/errors.js";
import type { PCollection } from "../pipeline/pcollection.js";
import type { PTransform } from "../pipeline/ptransform.js";
import { canonicalText, compareBags } from "./compare-bags.js";

/**
 * Fails the job unless a PCollection has exactly these elements, in any order. It is part of the
 * pipeline, so it works on every runner, and also where there are no elements at all.
 *
 * @example
 * ```ts
 * p.create(["a", "b", "a"]).countPerElement().apply(elementsAre([["a", 2], ["b", 1]]));
 * ```
 */
export function elementsAre<T>(expected: readonly T[]): PTransform<PCollection<T>, void> {
  return {
    name: "ElementsAre",
    expand(elements) {
      elements.combineGlobally("Gather", toList<T>()).map("Compare", (actual) => {
        requireSame(actual, expected);
        return null;
      });
    },
  };
}

function requireSame(actual: readonly unknown[], expected: readonly unknown[]): void {
  const { missing, unexpected } = compareBags(actual, expected);
  if (missing.length === 0 && unexpected.length === 0) return;
  throw new BeamlineError(
    "ELEMENTS_DIFFER",
    `Cannot accept the elements: ${named("missing", missing)}, ${named("unexpected", unexpected)}; correct the pipeline or what it is expected to give`,
  );
}

function named(what: string, values: readonly unknown[]): string {
  if (values.length === 0) return `none ${what}`;
  const shown = values.slice(0, 5).map((value) => canonicalText(value).slice(0, 200));
  return `${values.length} ${what} (${shown.join(", ")}${values.length > 5 ? ", ..." : ""})`;
}
