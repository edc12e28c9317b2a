import { dirname, relative } from "node:path";
import { shortPath } from "../text/short-path.js";
import type { HotFunction } from "./read-profiles.js";
import type { SummaryOptions } from "./summary.js";
import { type Row, tableOf } from "./table.js";
import { formatDuration } from "./units.js";

const SHOWN = 12;

/** The functions that took most time, and where the profiles are. */
export function profileLines(
  files: readonly string[],
  hottest: readonly HotFunction[],
  cwd: string,
  { width, style }: Pick<SummaryOptions, "width" | "style">,
): string[] {
  const [first = ""] = files;
  const folder = dirname(first);
  const names = files.map((file) => relative(folder, file));
  const rows = hottest
    .slice(0, SHOWN)
    .map(
      (each): Row => [
        `${nameOf(each)}  ${placeOf(each, cwd)}`.trimEnd(),
        formatDuration(each.selfMs),
        `${(each.share * 100).toFixed(1)}%`,
      ],
    );
  return [
    ...tableOf(["function", "self", "share"], rows, width, style),
    "",
    `CPU profiles in ${shortPath(folder, cwd)}: ${names.join(", ")}`,
    "Open them in Chrome's DevTools (Performance, Load profile) or in VS Code",
  ];
}

/** Code that was made while the job ran has no file: that is how the engine calls user functions. */
function nameOf({ name, file }: HotFunction): string {
  return file === "" && name === "(anonymous)" ? "(steps that call functions)" : name;
}

/** `wordcount.ts:17` of the pipeline's own, and of others the package that they belong to. */
function placeOf({ file, line }: HotFunction, cwd: string): string {
  if (file === "" || file.startsWith("node:")) return file;
  if (/[\\/]packages[\\/]beamline[\\/]dist[\\/]/.test(file)) return "beamline";
  const installed = file.split(/[\\/]node_modules[\\/]/).at(-1);
  if (installed !== undefined && installed !== file) return packageOf(installed);
  return `${shortPath(file, cwd)}:${line}`;
}

function packageOf(path: string): string {
  const [first = "", second = ""] = path.split(/[\\/]/);
  return first.startsWith("@") ? `${first}/${second}` : first;
}
