import { tableOf } from "../../run/table.js";
import type { Style } from "../../terminal/style.js";
import { countOf } from "../../text/names.js";
import { nameOf, outermost } from "./outermost.js";
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
  // Data mostly gets less on its way.
  const all = [...metrics.elements].sort((a, b) => b.value - a.value);
  const made = every
    ? all.map(({ pcollection, value }) => ({ transform: nameOf(pcollection), value }))
    : outermost(all);
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
      made.map(({ transform, value }) => [transform, value]),
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
