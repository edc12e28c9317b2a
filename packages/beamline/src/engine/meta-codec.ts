import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import type { ElementMeta } from "../model/element-meta.js";
import { internalError } from "../model/errors.js";
import { NO_FIRING, ONLY_FIRING, type Pane, type PaneTiming } from "../model/pane.js";
import { GLOBAL_WINDOW, type Window } from "../model/window.js";

/*
 * The engine's own encoding of what accompanies an element; it never leaves the process.
 *
 * First byte: bits 0-1 the pane (0 no firing, 1 only firing, 2 written out at the end), bits 2-3
 * the windows (0 the global one, 1 one interval, 2 a count and that many). Then the timestamp and
 * the bounds of windows as doubles, which keep every instant of the model as it is.
 */
const NO_PANE = 0;
const ONLY_PANE = 1;
const OWN_PANE = 2;
const GLOBAL = 0 << 2;
const INTERVAL = 1 << 2;
const SEVERAL = 2 << 2;

const TIMINGS: readonly PaneTiming[] = ["early", "on-time", "late", "unknown"];
const GLOBAL_WINDOWS: readonly Window[] = Object.freeze([GLOBAL_WINDOW]);

export function writeMeta({ timestamp, windows, pane }: ElementMeta, out: ByteWriter): void {
  const paneCode = pane === NO_FIRING ? NO_PANE : pane === ONLY_FIRING ? ONLY_PANE : OWN_PANE;
  const [first] = windows;
  if (first === undefined) throw internalError("An element is in no window");
  const isOne = windows.length === 1;
  const windowCode = !isOne ? SEVERAL : first.kind === "global" ? GLOBAL : INTERVAL;
  out.writeByte(paneCode | windowCode);
  writeDouble(timestamp, out);
  if (windowCode === INTERVAL) writeWindow(first, out);
  if (windowCode === SEVERAL) {
    out.writeVarint(windows.length);
    for (const window of windows) {
      if (window.kind === "global") throw internalError("An element is in the global window twice");
      writeWindow(window, out);
    }
  }
  if (paneCode === OWN_PANE) writePane(pane, out);
}

/** Writes the bounds of an interval, or nothing for the global window. */
export function writeWindow(window: Window, out: ByteWriter): void {
  if (window.kind === "global") return;
  writeDouble(window.start, out);
  writeDouble(window.end, out);
}

/** Reads an interval window. */
export function readWindow(input: ByteReader): Window {
  const start = readDouble(input);
  return Object.freeze({ kind: "interval", start, end: readDouble(input) });
}

/** Reads metas one after the other; equal ones in a row come back as one object. */
export class MetaReader {
  private last: ElementMeta | undefined;
  private lastWindows: readonly Window[] = GLOBAL_WINDOWS;

  read(input: ByteReader): ElementMeta {
    const head = input.readByte();
    const timestamp = readDouble(input);
    const windows = this.windows(head, input);
    const pane = paneOf(head, input);
    const { last } = this;
    if (last !== undefined && last.timestamp === timestamp) {
      if (last.windows === windows && last.pane === pane) return last;
    }
    const meta: ElementMeta = Object.freeze({ timestamp, windows, pane });
    this.last = meta;
    return meta;
  }

  private windows(head: number, input: ByteReader): readonly Window[] {
    switch (head & (3 << 2)) {
      case GLOBAL:
        return GLOBAL_WINDOWS;
      case INTERVAL: {
        const start = readDouble(input);
        const end = readDouble(input);
        const [last, ...others] = this.lastWindows;
        if (
          last?.kind !== "interval" ||
          others.length > 0 ||
          last.start !== start ||
          last.end !== end
        ) {
          this.lastWindows = Object.freeze([Object.freeze({ kind: "interval", start, end })]);
        }
        return this.lastWindows;
      }
      default: {
        const count = input.readVarint();
        return Object.freeze(Array.from({ length: count }, () => readWindow(input)));
      }
    }
  }
}

function paneOf(head: number, input: ByteReader): Pane {
  switch (head & 3) {
    case NO_PANE:
      return NO_FIRING;
    case ONLY_PANE:
      return ONLY_FIRING;
    default:
      return readPane(input);
  }
}

function writePane({ timing, isFirst, isLast, index, onTimeIndex }: Pane, out: ByteWriter): void {
  out.writeByte(TIMINGS.indexOf(timing) | (isFirst ? 4 : 0) | (isLast ? 8 : 0));
  out.writeVarint(index);
  out.writeVarint(onTimeIndex + 1);
}

function readPane(input: ByteReader): Pane {
  const head = input.readByte();
  return Object.freeze({
    timing: TIMINGS[head & 3] as PaneTiming,
    isFirst: (head & 4) !== 0,
    isLast: (head & 8) !== 0,
    index: input.readVarint(),
    onTimeIndex: input.readVarint() - 1,
  });
}

function writeDouble(value: number, out: ByteWriter): void {
  out.ensure(8);
  out.position = out.buffer.writeDoubleBE(value, out.position);
}

function readDouble(input: ByteReader): number {
  return input.buffer.readDoubleBE(input.take(8));
}
