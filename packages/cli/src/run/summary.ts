import type { LocalRunResult, RunProgress, TransformCount } from "beamline/runners/local";
import { countOf, formatInteger } from "../text/names.js";
import type { Style } from "../terminal/style.js";
import { formatBytes, formatDuration } from "./units.js";

/** A finished run in a few lines: what it took, and what each transform got. */
export function summaryLines(
  pipeline: string,
  result: LocalRunResult,
  last: RunProgress | undefined,
  width: number,
  style: Style,
): string[] {
  const { elapsedMs, workers, bundles, retries, transforms, counters } = result;
  const facts = [
    last === undefined ? undefined : `${formatInteger(last.elements)} elements`,
    last === undefined || last.bytesDone === 0 ? undefined : `${formatBytes(last.bytesDone)} read`,
    countOf(workers, "worker"),
    countOf(bundles, "bundle"),
    retries === 0 ? undefined : style.warn(`${countOf(retries, "bundle")} run again after a failure`),
  ].filter((fact) => fact !== undefined);
  const head = `${style.good(`Done in ${formatDuration(elapsedMs)}`)}: ${pipeline}, ${facts.join(", ")}`;
  const rows = shownTransforms(transforms);
  const name = Math.max(
    16,
    ...rows.map(({ transform }) => transform.length),
    ...counters.map((counter) => counter.transform.length + counter.name.length + 2),
  );
  const left = Math.min(name, Math.max(24, width - 22));
  return [
    head,
    ...tableOf(
      ["transform", "elements"],
      rows.map(({ transform, elements }) => [transform, elements]),
      left,
      style,
    ),
    ...tableOf(
      ["counter", "value"],
      counters.map((counter) => [`${counter.transform}: ${counter.name}`, counter.value]),
      left,
      style,
    ),
  ];
}

/** Sources of one impulse tell nothing. */
function shownTransforms(transforms: readonly TransformCount[]): readonly TransformCount[] {
  return transforms.filter(({ transform }) => !/(^|\/)Impulse\d*$/.test(transform));
}

function tableOf(
  [title, unit]: readonly [string, string],
  rows: readonly (readonly [string, number])[],
  left: number,
  style: Style,
): string[] {
  if (rows.length === 0) return [];
  const numbers = rows.map(([, value]) => formatInteger(value));
  const right = Math.max(unit.length, ...numbers.map((text) => text.length));
  return [
    "",
    style.faint(`  ${title.padEnd(left)}  ${unit.padStart(right)}`),
    ...rows.map(
      ([name], index) =>
        `  ${clipStart(name, left).padEnd(left)}  ${(numbers[index] ?? "").padStart(right)}`,
    ),
  ];
}

/** The end of a transform's name says most. */
function clipStart(text: string, length: number): string {
  return text.length > length ? `…${text.slice(text.length - length + 1)}` : text;
}
