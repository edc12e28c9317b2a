import type { Graph } from "beamline";
import type { LocalRunResult, RunProgress } from "beamline/runners/local";
import type { Style } from "../terminal/style.js";
import { countOf } from "../text/names.js";
import { metricText } from "./metric-text.js";
import { type Row, tableOf } from "./table.js";
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
  const {
    elapsedMs,
    workers,
    bundles,
    retries,
    threadsLost,
    memory,
    transforms,
    counters,
    metrics,
  } = result;
  const flows = transformFlows(graph, transforms);
  const facts = [
    readFact(elementsRead(flows), last?.bytesDone ?? 0),
    countOf(workers, "worker"),
    countOf(bundles, "bundle"),
    retries === 0
      ? undefined
      : style.warn(`${countOf(retries, "bundle")} run again after a failure`),
    `${formatBytes(memory.peakRss)} peak memory`,
    memory.runs === 0 ? undefined : `${formatBytes(memory.spilledBytes)} spilled to disk`,
    threadsLost === 0 ? undefined : style.warn(`${countOf(threadsLost, "worker thread")} died`),
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
  const measured = metrics
    .filter(({ data }) => data.kind !== "counter")
    .map(({ transform, name, data }): Row => [`${transform}: ${name}`, metricText(data)]);
  return [
    `${done}: ${graph.name}, ${facts.join(", ")}`,
    ...steps,
    ...tableOf(["counter", "value"], counted, width, style),
    ...tableOf(["metric", "value"], measured, width, style),
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
