import { tableOf } from "../../run/table.js";
import type { Style } from "../../terminal/style.js";
import { countOf } from "../../text/names.js";
import { executorTime, formatUse, type SparkProgress } from "./spark-progress.js";

/** What an application has counted and used, for people. */
export function metricsLines(
  { stages, executors, metrics }: SparkProgress,
  { width, style, now, every }: MetricsOptions,
): string[] {
  const { executorHours, coreHours } = executorTime(executors, now);
  const done = stages.filter(({ state }) => state === "done").length;
  const failed = stages.reduce((sum, stage) => sum + stage.tasksFailed, 0);
  const facts = [
    `${done} of ${countOf(stages.length, "stage")} done`,
    ...(failed === 0 ? [] : [style.warn(countOf(failed, "failed task"))]),
    countOf(executors.length, "executor"),
    formatUse(executorHours, "executor"),
    formatUse(coreHours, "core"),
  ];
  const elements = every
    ? metrics.elements
    : metrics.elements.filter(({ pcollection }) => !pcollection.includes("/"));
  return [
    facts.join(", "),
    ...tableOf(
      ["counter", "value"],
      metrics.counters.map(({ transform, name, value }) => [`${transform}: ${name}`, value]),
      width,
      style,
    ),
    ...tableOf(
      ["made by", "elements"],
      // Data mostly gets less on its way.
      [...elements]
        .sort((a, b) => b.value - a.value)
        .map(({ pcollection, value }) => [pcollection.replace(/\.out$/, ""), value]),
      width,
      style,
    ),
  ];
}

interface MetricsOptions {
  readonly width: number;
  readonly style: Style;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Steps inside transforms, too. */
  readonly every: boolean;
}
