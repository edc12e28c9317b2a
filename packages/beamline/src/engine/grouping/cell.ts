import { type ElementMeta, GLOBAL_FIRING_META } from "../../model/element-meta.js";
import { ONLY_FIRING, type Pane } from "../../model/pane.js";
import { END_OF_GLOBAL_WINDOW, type Timestamp } from "../../model/time.js";
import { maxTimestamp, type Window } from "../../model/window.js";
import { type HeapNode, heapNode } from "./indexed-heap.js";
import type { TriggerState } from "./trigger-node.js";
import type { Chain } from "./value-store.js";

/** The first instant that doubles can tell from the end of the global window. */
export const PAST_GLOBAL_WINDOW: Timestamp = END_OF_GLOBAL_WINDOW + 2;

/** What is kept of one key in one window. */
export class Cell implements Chain {
  /** The key's bytes, one character each. */
  readonly key: string;
  readonly span: Span;
  /** The window had ended before its first element came: all that it emits is late. */
  isLate: boolean;
  head = -1;
  tail = -1;
  size = 0;
  bytes = 0;
  /** Elements since the last pane. */
  pending = 0;
  /** Panes that were emitted. */
  panes = 0;
  /** Those of them that were not early. */
  onTimePanes = 0;
  /** The trigger has finished: nothing is taken or emitted any more. */
  isClosed = false;
  /** Undefined for the default trigger, which remembers nothing. */
  trigger: TriggerState | undefined = undefined;
  /** At the timestamp of the next pane, where it comes from elements. */
  hold: HeapNode<Cell> | undefined = undefined;
  /** At the next instant of processing time at which the trigger has to be asked. */
  delay: HeapNode<Cell> | undefined = undefined;
  /** The bundle that has changed it last. */
  epoch = 0;

  constructor(key: string, span: Span, isLate: boolean) {
    this.key = key;
    this.span = span;
    this.isLate = isLate;
  }
}

/** A window with data: of many keys, or of one where windows merge. */
export class Span {
  window: Window;
  /** The first instant past the window. */
  end: Timestamp;
  /** The first instant at which the window takes no more elements. */
  expiry: Timestamp;
  /** Whether the passing of its end has been acted on. */
  isPastEnd: boolean;
  /** Of many keys; undefined where windows merge. */
  readonly cells: Map<string, Cell> | undefined;
  /** The one of a window that merges. */
  only: Cell | undefined = undefined;
  /** At the end of the window, then at its expiry. */
  readonly due: HeapNode<Span>;
  /** What most of its panes have in common. */
  private usual: ElementMeta | undefined = undefined;

  constructor(window: Window, lateness: number, watermark: Timestamp, isMerging: boolean) {
    this.window = window;
    this.end = endOf(window);
    this.expiry = expiryOf(window, lateness);
    this.isPastEnd = watermark >= this.end;
    this.cells = isMerging ? undefined : new Map();
    this.due = heapNode(this);
  }

  /** A merging window becomes another. */
  move(window: Window, expiry: Timestamp, isPastEnd: boolean): void {
    this.window = window;
    this.end = endOf(window);
    this.expiry = expiry;
    this.isPastEnd = isPastEnd;
    this.usual = undefined;
  }

  /** The meta of the only pane, at the window's last instant. */
  usualMeta(): ElementMeta {
    this.usual ??=
      this.window.kind === "global"
        ? GLOBAL_FIRING_META
        : metaOf(this.window, maxTimestamp(this.window), ONLY_FIRING);
    return this.usual;
  }
}

export function metaOf(window: Window, timestamp: Timestamp, pane: Pane): ElementMeta {
  return Object.freeze({ timestamp, windows: Object.freeze([window]), pane });
}

export function expiryOf(window: Window, lateness: number): Timestamp {
  return Math.min(endOf(window) + lateness, PAST_GLOBAL_WINDOW);
}

export function endOf(window: Window): Timestamp {
  return window.kind === "global" ? PAST_GLOBAL_WINDOW : window.end;
}

/** The pane that a cell emits next. */
export function nextPane(
  { panes, onTimePanes, isLate }: Cell,
  isPastEnd: boolean,
  isLast: boolean,
): Pane {
  const isFirst = panes === 0;
  // After the on-time pane all others are late, even if merging has moved the window's end on.
  if (!isLate && onTimePanes === 0 && isPastEnd) {
    if (isFirst && isLast) return ONLY_FIRING;
    return { timing: "on-time", isFirst, isLast, index: panes, onTimeIndex: 0 };
  }
  return isLate || onTimePanes > 0
    ? { timing: "late", isFirst, isLast, index: panes, onTimeIndex: onTimePanes }
    : { timing: "early", isFirst, isLast, index: panes, onTimeIndex: -1 };
}
