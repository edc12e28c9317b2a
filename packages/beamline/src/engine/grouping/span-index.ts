import type { Window } from "../../model/window.js";
import type { Span } from "./cell.js";
import { endOf } from "./cell.js";

/** Finds windows by what they are. The last one is tried first: elements mostly share windows. */
export class SpanIndex {
  private readonly byEnd = new Map<number, Span[]>();
  private last: Span | undefined;

  find(window: Window): Span | undefined {
    const { last } = this;
    if (last !== undefined && isOf(last, window)) return last;
    const found = this.byEnd.get(endOf(window))?.find((span) => isOf(span, window));
    if (found !== undefined) this.last = found;
    return found;
  }

  add(span: Span): void {
    const present = this.byEnd.get(span.end);
    if (present === undefined) this.byEnd.set(span.end, [span]);
    else present.push(span);
  }

  delete(span: Span): void {
    if (this.last === span) this.last = undefined;
    const left = this.byEnd.get(span.end)?.filter((other) => other !== span) ?? [];
    if (left.length === 0) this.byEnd.delete(span.end);
    else this.byEnd.set(span.end, left);
  }

  *[Symbol.iterator](): Iterator<Span> {
    for (const spans of this.byEnd.values()) yield* spans;
  }
}

function isOf(span: Span, window: Window): boolean {
  const own = span.window;
  if (own === window) return true;
  if (own.kind === "global" || window.kind === "global") return own.kind === window.kind;
  return own.start === window.start && own.end === window.end;
}
