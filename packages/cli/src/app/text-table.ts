import type { Style } from "../terminal/style.js";

/** Rows of text under titles, each column as wide as it must be. */
export function textTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string[] {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [style.faint(lineOf(titles)), ...rows.map(lineOf)];
}
