import type { Style } from "../terminal/style.js";
import { formatInteger } from "../text/names.js";

/** A name and a value for each column; undefined leaves a cell empty. */
export type Row = readonly [name: string, ...values: (number | string | undefined)[]];

/** Rows under titles, values to the right; nothing where there are none. */
export function tableOf(
  titles: readonly [string, ...string[]],
  rows: readonly Row[],
  width: number,
  style: Style,
): string[] {
  if (rows.length === 0) return [];
  const [title, ...units] = titles;
  const cells = rows.map(([, ...values]) =>
    values.map((value) => (typeof value === "number" ? formatInteger(value) : (value ?? ""))),
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
