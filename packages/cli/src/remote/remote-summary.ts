import type { PortableRunResult } from "beamline/runners/portable";
import { tableOf } from "../run/table.js";
import { formatDuration } from "../run/units.js";
import type { Style } from "../terminal/style.js";

/** A finished job in a few lines. */
export function remoteSummary(
  name: string,
  runner: string,
  { elapsedMs, jobId, counters }: PortableRunResult,
  { width, style }: { readonly width: number; readonly style: Style },
): string[] {
  return [
    `${style.good(`Done in ${formatDuration(elapsedMs)}`)}: ${name} on ${runner}, job ${jobId}`,
    ...tableOf(
      ["counter", "value"],
      counters.map(({ transform, name: counter, value }) => [`${transform}: ${counter}`, value]),
      width,
      style,
    ),
  ];
}
