import type { CounterValue } from "beamline/runners/local";

/** Counters, one a line. */
export function counterLines(counters: readonly CounterValue[]): string[] {
  return counters.map(({ transform, name, value }) => `${value}\t${transform}: ${name}`);
}
