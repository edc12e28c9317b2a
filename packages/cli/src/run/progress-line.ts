import type { RunProgress } from "beamline/runners/local";
import type { Style } from "../terminal/style.js";
import { formatBytes, formatShort, formatTicking } from "./units.js";

/** What two looks at a run say about its speed. */
export interface Speed {
  readonly elementsPerSecond: number;
  readonly bytesPerSecond: number;
}

const WINDOW_MS = 4000;

/** Speed over the last seconds, from progress as it comes in. */
export class SpeedGauge {
  private readonly samples: RunProgress[] = [];

  add(progress: RunProgress): Speed {
    const { samples } = this;
    samples.push(progress);
    while (progress.elapsedMs - (samples[1]?.elapsedMs ?? progress.elapsedMs) >= WINDOW_MS) {
      samples.shift();
    }
    const first = samples[0] ?? progress;
    const seconds = (progress.elapsedMs - first.elapsedMs) / 1000;
    if (seconds <= 0) return { elementsPerSecond: 0, bytesPerSecond: 0 };
    return {
      elementsPerSecond: Math.max(0, (progress.elements - first.elements) / seconds),
      bytesPerSecond: Math.max(0, (progress.bytesDone - first.bytesDone) / seconds),
    };
  }
}

/** Milliseconds that the input still takes at this speed; undefined while nobody can tell. */
export function timeLeft(progress: RunProgress, speed: Speed): number | undefined {
  const left = progress.bytesTotal - progress.bytesDone;
  if (progress.bytesTotal === 0 || left <= 0 || speed.bytesPerSecond <= 0) return undefined;
  return (left / speed.bytesPerSecond) * 1000;
}

interface Part {
  readonly text: string;
  /** The least important one goes first when the terminal is narrow. */
  readonly weight: number;
  readonly paint?: (text: string) => string;
}

/** Progress in one line of at most `width` characters. */
export function progressLine(
  progress: RunProgress,
  speed: Speed,
  width: number,
  style: Style,
): string {
  let parts = partsOf(progress, speed, style);
  while (lengthOf(parts) > width && parts.length > 1) {
    const least = Math.min(...parts.map(({ weight }) => weight));
    parts = parts.filter(({ weight }) => weight !== least);
  }
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && only.text.length > width) {
    return only.text.slice(0, Math.max(0, width));
  }
  return parts.map(({ text, paint }) => paint?.(text) ?? text).join("  ");
}

function partsOf(progress: RunProgress, speed: Speed, style: Style): Part[] {
  const { running, stagesDone, stagesTotal, elements, bytesDone, bytesTotal, elapsedMs } = progress;
  const left = timeLeft(progress, speed);
  const parts: Part[] = [
    { text: `${formatShort(elements)} elements`, weight: 6, paint: style.strong },
  ];
  if (bytesTotal > 0) {
    const share = Math.min(1, bytesDone / bytesTotal);
    parts.unshift({ text: barOf(share), weight: 1, paint: style.accent });
    parts.push({
      text: `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)} (${Math.floor(share * 100)}%)`,
      weight: 5,
    });
  }
  if (speed.elementsPerSecond > 0) {
    parts.push({ text: `${formatShort(speed.elementsPerSecond)}/s`, weight: 4 });
  }
  parts.push({
    text: left === undefined ? formatTicking(elapsedMs) : `${formatTicking(left)} left`,
    weight: 7,
  });
  const stage = `stage ${Math.min(stagesDone + 1, stagesTotal)}/${stagesTotal}`;
  parts.push({ text: stage, weight: 3, paint: style.faint });
  const names = running.map(lastName).join(", ");
  if (names !== "") parts.push({ text: shorten(names, 40), weight: 2, paint: style.faint });
  return parts;
}

const BAR = 20;

function barOf(share: number): string {
  const full = Math.round(share * BAR);
  return "█".repeat(full) + "░".repeat(BAR - full);
}

function lengthOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { text }) => sum + text.length, 2 * (parts.length - 1));
}

function lastName(transform: string): string {
  return transform.split("/").at(-1) ?? transform;
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
