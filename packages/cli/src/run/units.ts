import { formatInteger } from "../text/names.js";

/** `950 ms`, `1.24 s`, `2 m 05 s`, `1 h 02 m`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${pad(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`;
}

/** The same for a figure that moves: `0.4 s`, `7 s`, `2 m 05 s`. */
export function formatTicking(ms: number): string {
  if (ms < 1000) return `${(Math.ceil(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}

/** `512 B`, `3.2 kB`, `140 MB`: powers of 1000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  return scaled(bytes, ["kB", "MB", "GB", "TB", "PB"], " ");
}

/** `999`, `12.3k`, `4.56M`: a number that fits a narrow line. */
export function formatShort(n: number): string {
  return n < 1000 ? formatInteger(n) : scaled(n, ["k", "M", "G", "T"], "");
}

function scaled(n: number, units: readonly string[], gap: string): string {
  let value = n / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)}${gap}${units[unit] ?? ""}`;
}
