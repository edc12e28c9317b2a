import { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import { readLatin1 } from "../../bytes/latin1.js";
import { internalError } from "../../model/errors.js";
import { GLOBAL_WINDOW, type Window } from "../../model/window.js";
import type { TriggerState } from "./trigger-node.js";

const VERSION = 1;
const CLOSED = 1;
const LATE = 2;

/** A cell as plain data. */
export interface CellRecord {
  readonly key: string;
  readonly isClosed: boolean;
  readonly isLate: boolean;
  readonly pending: number;
  readonly panes: number;
  readonly onTimePanes: number;
  /** Infinity where there is none; so is `delay`. */
  readonly hold: number;
  readonly delay: number;
  readonly trigger: TriggerState | undefined;
  readonly values: readonly Uint8Array[];
}

/** A window with its cells as plain data. */
export interface SpanRecord {
  readonly window: Window;
  readonly isPastEnd: boolean;
  readonly cells: readonly CellRecord[];
}

/** What a grouper keeps, as bytes that only {@link readSnapshot} understands. */
export function writeSnapshot(spans: Iterable<SpanRecord>): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(4096);
  out.writeByte(VERSION);
  for (const { window, isPastEnd, cells } of spans) {
    out.writeByte(window.kind === "global" ? 0 : 1);
    out.writeFloat64(window.start);
    out.writeFloat64(window.end);
    out.writeByte(isPastEnd ? 1 : 0);
    out.writeVarint(cells.length);
    for (const cell of cells) writeCell(cell, out);
  }
  return out.toBytes();
}

function writeCell(cell: CellRecord, out: ByteWriter): void {
  writeSized(Buffer.from(cell.key, "latin1"), out);
  out.writeByte((cell.isClosed ? CLOSED : 0) | (cell.isLate ? LATE : 0));
  for (const count of [cell.pending, cell.panes, cell.onTimePanes]) out.writeVarint(count);
  out.writeFloat64(cell.hold);
  out.writeFloat64(cell.delay);
  // One more than there are numbers, so that none is not the same as no state.
  out.writeVarint(cell.trigger === undefined ? 0 : cell.trigger.length + 1);
  for (const number of cell.trigger ?? []) out.writeFloat64(number);
  out.writeVarint(cell.values.length);
  for (const value of cell.values) writeSized(value, out);
}

function writeSized(bytes: Uint8Array, out: ByteWriter): void {
  out.writeVarint(bytes.length);
  out.writeBytes(bytes);
}

export function* readSnapshot(bytes: Uint8Array): Iterable<SpanRecord> {
  const reader = new ByteReader(bytes);
  if (reader.readByte() !== VERSION) {
    throw internalError("The snapshot of a grouper is of another version");
  }
  while (reader.remaining > 0) {
    const isGlobal = reader.readByte() === 0;
    const [start, end] = [reader.readFloat64(), reader.readFloat64()];
    const window: Window = isGlobal
      ? GLOBAL_WINDOW
      : Object.freeze({ kind: "interval", start, end });
    const isPastEnd = reader.readByte() === 1;
    const cells = Array.from({ length: reader.readVarint() }, () => readCell(reader));
    yield { window, isPastEnd, cells };
  }
}

function readCell(reader: ByteReader): CellRecord {
  const length = reader.readVarint();
  const at = reader.take(length);
  const key = readLatin1(reader.buffer, at, at + length);
  const flags = reader.readByte();
  const [pending, panes, onTimePanes] = [
    reader.readVarint(),
    reader.readVarint(),
    reader.readVarint(),
  ];
  const [hold, delay] = [reader.readFloat64(), reader.readFloat64()];
  const numbers = reader.readVarint();
  const trigger =
    numbers === 0 ? undefined : Array.from({ length: numbers - 1 }, () => reader.readFloat64());
  const values = Array.from({ length: reader.readVarint() }, () =>
    reader.readBytes(reader.readVarint()),
  );
  return {
    key,
    isClosed: (flags & CLOSED) !== 0,
    isLate: (flags & LATE) !== 0,
    pending,
    panes,
    onTimePanes,
    hold,
    delay,
    trigger,
    values,
  };
}
