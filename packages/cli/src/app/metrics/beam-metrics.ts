/** What Beam's runner has counted in an application. */
export interface BeamMetrics {
  /** The pipeline's own counters. */
  readonly counters: readonly {
    readonly transform: string;
    readonly name: string;
    readonly value: number;
  }[];
  /** Elements by PCollection. */
  readonly elements: readonly { readonly pcollection: string; readonly value: number }[];
}

/** Of the accumulator in which Beam's Spark runner keeps its metrics. */
export const BEAM_ACCUMULATOR = "Beam.Metrics";

export const noMetrics: BeamMetrics = { counters: [], elements: [] };

const USER_COUNTER = "beam:metric:user:sum_int64:v1";
const ELEMENT_COUNT = "beam:metric:element_count:v1";
const ENTRY = new RegExp(`(${USER_COUNTER}|${ELEMENT_COUNT}) \\{([^{}]*)\\}: (-?\\d+)`, "g");

/**
 * Reads what Spark shows of Beam's accumulator: one text such as
 * `MetricQueryResults(Counters(STEP:URN {LABEL=..., ...}: 3, ...)Distributions(...))`. The steps,
 * of which several may have counted the same, are added up.
 */
export function parseBeamMetrics(text: string): BeamMetrics {
  const counters = new Map<string, BeamMetrics["counters"][number]>();
  const elements = new Map<string, number>();
  for (const [, urn, labelText = "", digits] of text.matchAll(ENTRY)) {
    const value = Number(digits);
    const labels = labelsOf(labelText);
    if (urn === ELEMENT_COUNT) {
      const pcollection = labels.get("PCOLLECTION") ?? "?";
      elements.set(pcollection, (elements.get(pcollection) ?? 0) + value);
      continue;
    }
    const transform = labels.get("PTRANSFORM") ?? "?";
    const name = labels.get("NAME") ?? "?";
    const key = JSON.stringify([transform, labels.get("NAMESPACE"), name]);
    const before = counters.get(key)?.value ?? 0;
    counters.set(key, { transform, name, value: before + value });
  }
  return {
    counters: [...counters.values()],
    elements: [...elements].map(([pcollection, value]) => ({ pcollection, value })),
  };
}

/** A stage shows what the accumulator held at its end, so the largest figures are the latest. */
export function latestMetrics(texts: readonly string[]): BeamMetrics {
  const { counters, elements } = texts.map(parseBeamMetrics).reduce(merge, noMetrics);
  return {
    counters: [...counters].sort(
      (a, b) => a.transform.localeCompare(b.transform) || a.name.localeCompare(b.name),
    ),
    elements: [...elements].sort((a, b) => a.pcollection.localeCompare(b.pcollection)),
  };
}

function merge(a: BeamMetrics, b: BeamMetrics): BeamMetrics {
  return {
    counters: largest(a.counters, b.counters, ({ transform, name }) => `${transform}\n${name}`),
    elements: largest(a.elements, b.elements, ({ pcollection }) => pcollection),
  };
}

function largest<T extends { readonly value: number }>(
  a: readonly T[],
  b: readonly T[],
  keyOf: (item: T) => string,
): T[] {
  const found = new Map<string, T>();
  for (const item of [...a, ...b]) {
    const known = found.get(keyOf(item));
    if (known === undefined || known.value < item.value) found.set(keyOf(item), item);
  }
  return [...found.values()];
}

/** Names may hold commas: a label begins with capitals and an equals sign. */
function labelsOf(text: string): Map<string, string> {
  return new Map(
    text.split(/, (?=[A-Z_]+=)/).map((label): [string, string] => {
      const at = label.indexOf("=");
      return [label.slice(0, at), label.slice(at + 1)];
    }),
  );
}
