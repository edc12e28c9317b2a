/** One line of a pod's log. */
export interface LogLine {
  /** Milliseconds, when the node read it. */
  readonly at: number;
  /** The same, as the node wrote it: with nanoseconds. */
  readonly time: string;
  /** Whose it is: `driver`, `exec-1`. */
  readonly source: string;
  readonly text: string;
}

/** Splits the time, which `timestamps=true` puts in front, from a line. */
export function logLine(source: string, raw: string): LogLine {
  const space = raw.indexOf(" ");
  const time = space < 0 ? raw : raw.slice(0, space);
  const at = Date.parse(time);
  if (Number.isNaN(at)) return { at: 0, time: "", source, text: raw };
  return { at, time, source, text: space < 0 ? "" : raw.slice(space + 1) };
}

/** Earlier first; nanoseconds decide where milliseconds are the same. */
export function byTime(a: LogLine, b: LogLine): number {
  if (a.at !== b.at) return a.at - b.at;
  return fraction(a.time) - fraction(b.time);
}

function fraction(time: string): number {
  return Number(`0${/\.\d+/.exec(time)?.[0] ?? ""}`);
}
