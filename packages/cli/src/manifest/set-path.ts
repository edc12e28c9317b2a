import type { Parsed } from "../command/flag.js";

/** `--set PATH=VALUE`, taken apart. */
export interface SetExpression {
  /** As typed. */
  readonly text: string;
  readonly path: readonly (string | number)[];
  /** As typed: what it becomes depends on where it goes. */
  readonly value: string;
}

/** Objects whose keys have dots and whose values are texts: the rest of a path is one key there. */
export const TEXT_MAPS: ReadonlySet<string> = new Set([
  "sparkConf",
  "hadoopConf",
  "labels",
  "annotations",
  "serviceAnnotations",
  "serviceLabels",
  "nodeSelector",
  "matchLabels",
]);

/**
 * Reads `spec.executor.cores=4`, `spec.sparkConf.spark.ui.port=4050`, `spec.volumes[0].name=x` or
 * `metadata.annotations["example.com/owner"]=ann`.
 */
export function parseSet(text: string): Parsed<SetExpression> {
  const equals = endOfPath(text);
  if (equals < 0) return { ok: false, problem: "not PATH=VALUE, such as spec.executor.cores=4" };
  const path = parsePath(text.slice(0, equals));
  if (path === undefined) {
    return { ok: false, problem: 'no path before the "="; write it as spec.volumes[0].name' };
  }
  const [first] = path;
  if (first !== "spec" && first !== "metadata") {
    return { ok: false, problem: "its path starts with neither spec nor metadata" };
  }
  return { ok: true, value: { text, path, value: text.slice(equals + 1) } };
}

/** The first "=" that is not inside brackets. */
function endOfPath(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "[") depth++;
    else if (character === "]") depth--;
    else if (character === "=" && depth <= 0) return i;
  }
  return -1;
}

function parsePath(text: string): (string | number)[] | undefined {
  const path: (string | number)[] = [];
  const step = /^(?:\.?([^.[\]=]+)|\[(\d+)\]|\[(["'])(.*?)\3\])/;
  let rest = text;
  while (rest !== "") {
    const last = path.at(-1);
    if (typeof last === "string" && TEXT_MAPS.has(last) && rest.startsWith(".")) {
      return rest.length > 1 ? [...path, rest.slice(1)] : undefined;
    }
    const found = step.exec(rest);
    if (found === null || (path.length === 0 && rest.startsWith("."))) return undefined;
    const [all, name, index, , quoted] = found;
    path.push(index === undefined ? (name ?? quoted ?? "") : Number(index));
    rest = rest.slice(all.length);
  }
  return path.length === 0 ? undefined : path;
}

/** A path as it is typed. */
export function render(path: readonly (string | number)[]): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}
