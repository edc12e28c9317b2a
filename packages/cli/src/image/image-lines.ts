import { formatBytes } from "../run/units.js";
import type { Style } from "../terminal/style.js";
import type { BuiltImage, BuiltLayer } from "./build-image.js";

/** An image's layers and what became of them, for people; those of the base in one line. */
export function imageLines({ layers }: BuiltImage, style: Style): string[] {
  const own = layers.filter(({ name }) => name !== "base" && name !== "config");
  const base = layers.filter(({ name }) => name === "base");
  const rows = own.map(({ name, platform, size, state }) => [
    platform === undefined ? name : `${name} ${platform}`,
    formatBytes(size),
    state,
  ]);
  if (base.length > 0)
    rows.unshift([`base, ${base.length} layers`, formatBytes(sum(base)), states(base)]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([name = "", size = "", state = ""]) => {
    const line = `  ${name.padEnd(widths[0] ?? 0)}  ${size.padStart(widths[1] ?? 0)}  ${state}`;
    return state === "present" ? style.faint(line) : line;
  });
}

function sum(layers: readonly BuiltLayer[]): number {
  return layers.reduce((all, { size }) => all + size, 0);
}

function states(layers: readonly BuiltLayer[]): string {
  return [...new Set(layers.map(({ state }) => state))].join(", ");
}
