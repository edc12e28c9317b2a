import type { Graph } from "beamline";
import type { LocalRunResult, RunProgress } from "beamline/runners/local";
import type { Style } from "../terminal/style.js";
import { countOf, formatInteger } from "../text/names.js";
import { type TransformFlow, transformFlows } from "./transform-flows.js";
import { formatBytes, formatDuration } from "./units.js";

export interface SummaryOptions {
  readonly width: number;
  readonly style: Style;
  /** Lists every step rather than the outermost transforms. */
  readonly everyStep: boolean;
}

/** A finished run in a few lines: what it took, and what went through its transforms. */
export function summaryLines(
  graph: Graph,
  result: LocalRunResult,
  last: RunProgress | undefined,
  { width, style, everyStep }: SummaryOptions,
): string[] {
  const { elapsedMs, workers, bundles, retries, transforms, counters } = result;
  const flows = transformFlows(graph, transforms);
  const facts = [
    readFact(elementsRead(flows), last?.bytesDone ?? 0),
    countOf(workers, "worker"),
    countOf(bundles, "bundle"),
    retries === 0
      ? undefined
      : style.warn(`${countOf(retries, "bundle")} run again after a failure`),
  ].filter((fact) => fact !== undefined);
  const done = style.good(`Done in ${formatDuration(elapsedMs)}`);
  const steps = everyStep
    ? tableOf(
        ["transform", "elements in"],
        transforms.map(({ transform, elements }) => [transform, elements]),
        width,
        style,
      )
    : tableOf(
        ["transform", "elements in", "out"],
        flows.map(({ transform, read, made }) => [transform, read, made]),
        width,
        style,
      );
  const counted = counters.map(
    ({ transform, name, value }): Row => [`${transform}: ${name}`, value],
  );
  return [
    `${done}: ${graph.name}, ${facts.join(", ")}`,
    ...steps,
    ...tableOf(["counter", "value"], counted, width, style),
  ];
}

/** Elements that the sources made. */
export function elementsRead(flows: readonly TransformFlow[]): number {
  return flows.reduce((sum, { isSource, made }) => sum + (isSource ? (made ?? 0) : 0), 0);
}

function readFact(elements: number, bytes: number): string | undefined {
  if (elements === 0) return undefined;
  const size = bytes === 0 ? "" : ` (${formatBytes(bytes)})`;
  return `${countOf(elements, "element")} read${size}`;
}

type Row = readonly [name: string, ...values: (number | undefined)[]];

function tableOf(
  titles: readonly [string, ...string[]],
  rows: readonly Row[],
  width: number,
  style: Style,
): string[] {
  if (rows.length === 0) return [];
  const [title, ...units] = titles;
  const cells = rows.map(([, ...values]) =>
    values.map((value) => (value === undefined ? "" : formatInteger(value))),
  );
  const widths = units.map((unit, column) =>
    Math.max(unit.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const numbers = widths.reduce((sum, each) => sum + each + 2, 0);
  const longest = Math.max(title.length, ...rows.map(([name]) => name.length));
  const left = Math.min(longest, Math.max(20, width - numbers - 2));
  const lineOf = (name: string, values: readonly string[]) =>
    `  ${clipStart(name, left).padEnd(left)}${values
      .map((value, column) => `  ${value.padStart(widths[column] ?? 0)}`)
      .join("")}`.trimEnd();
  return [
    "",
    style.faint(lineOf(title, units)),
    ...rows.map(([name], index) => lineOf(name, cells[index] ?? [])),
  ];
}

/** The end of a transform's name says most. */
function clipStart(text: string, length: number): string {
  return text.length > length ? `…${text.slice(text.length - length + 1)}` : text;
}
