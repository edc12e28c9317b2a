import { readFileSync } from "node:fs";
import type { SourcePlace } from "../bundle/bundle-error.js";
import type { Style } from "../terminal/style.js";

const MAX_WIDTH = 120;

/** The line that is meant with one around it and a caret below; empty when it cannot be read. */
export function excerpt(place: SourcePlace, style: Style): string[] {
  const lines = sourceLines(place.file);
  const wanted = lines[place.line - 1];
  if (wanted === undefined || wanted.length > 1000) return [];
  const first = Math.max(1, place.line - 1);
  const last = Math.min(lines.length, place.line + 1);
  const width = String(last).length;
  const shown: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = expandTabs(lines[number - 1] ?? "");
    const gutter = String(number).padStart(width);
    if (number === last && number !== place.line && text.trim() === "") break;
    if (number !== place.line) {
      shown.push(style.faint(`    ${gutter} | ${clip(text)}`));
      continue;
    }
    const before = expandTabs(wanted.slice(0, place.column - 1)).length;
    const length = Math.max(1, Math.min(place.length ?? 1, text.length - before));
    shown.push(`  ${style.bad(">")} ${gutter} | ${clip(text)}`);
    if (before + length <= MAX_WIDTH) {
      const pad = " ".repeat(4 + width);
      shown.push(`${pad} | ${" ".repeat(before)}${style.bad("^".repeat(length))}`);
    }
  }
  return shown;
}

function sourceLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/);
  } catch {
    return [];
  }
}

function expandTabs(text: string): string {
  return text.replaceAll("\t", "  ");
}

function clip(text: string): string {
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH - 1)}…` : text;
}
