import { byTime, type LogLine } from "./log-line.js";

/** Merges logs, each in its own order, into one by time. */
export async function* mergeLogs(
  logs: readonly AsyncIterable<LogLine>[],
): AsyncGenerator<LogLine, void, undefined> {
  const readers = logs.map((log) => log[Symbol.asyncIterator]());
  try {
    const heads: { reader: AsyncIterator<LogLine>; line: LogLine }[] = [];
    for (const reader of readers) {
      const first = await reader.next();
      if (first.done !== true) heads.push({ reader, line: first.value });
    }
    for (;;) {
      let earliest = heads[0];
      for (const head of heads) {
        if (earliest === undefined || byTime(head.line, earliest.line) < 0) earliest = head;
      }
      if (earliest === undefined) return;
      yield earliest.line;
      const next = await earliest.reader.next();
      if (next.done === true) heads.splice(heads.indexOf(earliest), 1);
      else earliest.line = next.value;
    }
  } finally {
    for (const reader of readers) await reader.return?.();
  }
}

/**
 * Puts lines that come from several logs at once into the order of their times. A line is held
 * back for a moment, in which earlier ones of other logs may still come.
 */
export class OrderingWindow {
  private readonly holdMs: number;
  private held: { readonly line: LogLine; readonly until: number }[] = [];

  constructor(holdMs: number) {
    this.holdMs = holdMs;
  }

  /** @param now - Milliseconds of the caller's clock. */
  add(line: LogLine, now: number): void {
    const entry = { line, until: now + this.holdMs };
    let at = this.held.length;
    // Nearly always the last place.
    while (at > 0 && byTime(line, this.held[at - 1]?.line ?? line) < 0) at--;
    this.held.splice(at, 0, entry);
  }

  /** Lines that have been held long enough, and what is earlier than these. */
  take(now: number): LogLine[] {
    let count = 0;
    for (const [index, { until }] of this.held.entries()) if (until <= now) count = index + 1;
    return this.held.splice(0, count).map(({ line }) => line);
  }

  rest(): LogLine[] {
    return this.held.splice(0).map(({ line }) => line);
  }
}
