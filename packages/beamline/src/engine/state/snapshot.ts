import { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import type { StateScope, TimerRecord } from "../../model/state-scope.js";
import type { Timestamp } from "../../model/time.js";
import type { BagTable } from "./bag-table.js";
import type { ListTable } from "./list-table.js";
import type { MapTable } from "./map-table.js";
import { readBytes, readId, readText, writeBytes, writeId, writeText } from "./sized.js";
import { readTimer, writeTimer } from "./timer-codec.js";

interface SnapshotSource {
  readonly bags: ReadonlyMap<string, BagTable>;
  readonly maps: ReadonlyMap<string, MapTable>;
  readonly lists: ReadonlyMap<string, ListTable>;
  readonly timers: readonly TimerRecord[];
  readonly expiries: Iterable<readonly [Timestamp, ReadonlySet<string>]>;
}

interface SnapshotTarget {
  bag(name: string): BagTable;
  map(name: string): MapTable;
  list(name: string): ListTable;
  timer(timer: TimerRecord): void;
  expiry(id: string, expiry: Timestamp): void;
}

/** The layout that {@link readSnapshot} reads; the first byte of a snapshot. */
const VERSION = 2;

export function writeSnapshot(source: SnapshotSource): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(64 * 1024);
  out.writeByte(VERSION);
  writeTables(out, source.bags, ({ pieces, length }) => {
    out.writeVarint(length);
    for (const piece of pieces.slice(0, length)) writeBytes(out, piece);
  });
  writeTables(out, source.maps, (entries) => {
    out.writeVarint(entries.size);
    for (const { key, value } of entries.values()) {
      writeBytes(out, key);
      writeBytes(out, value);
    }
  });
  writeTables(out, source.lists, ({ items }) => {
    out.writeVarint(items.length);
    for (const { timestamp, value } of items) {
      out.writeFloat64(timestamp);
      writeBytes(out, value);
    }
  });
  out.writeVarint(source.timers.length);
  for (const [i, timer] of source.timers.entries()) writeTimer(out, timer, source.timers[i - 1]);
  const expiries = [...source.expiries];
  out.writeVarint(expiries.length);
  for (const [expiry, ids] of expiries) {
    out.writeFloat64(expiry);
    out.writeVarint(ids.size);
    for (const id of ids) writeId(out, id);
  }
  return out.toBytes();
}

export function readSnapshot(bytes: Uint8Array, target: SnapshotTarget): void {
  // A copy: what is kept are views of it.
  const input = new ByteReader(Uint8Array.from(bytes));
  if (input.readByte() !== VERSION) throw new Error("A snapshot of another version");
  readTables(input, (name, scope) => {
    const table = target.bag(name);
    repeat(input, () => table.append(scope, readBytes(input)));
  });
  readTables(input, (name, scope) => {
    const table = target.map(name);
    repeat(input, () => table.set(scope, readBytes(input), readBytes(input)));
  });
  readTables(input, (name, scope) => {
    const table = target.list(name);
    repeat(input, () => {
      const timestamp = input.readFloat64();
      table.append(scope, [{ timestamp, value: readBytes(input) }]);
    });
  });
  let last: TimerRecord | undefined;
  repeat(input, () => {
    last = readTimer(input, last);
    target.timer(last);
  });
  repeat(input, () => {
    const expiry = input.readFloat64();
    repeat(input, () => target.expiry(readId(input), expiry));
  });
}

function writeTables<Content>(
  out: ByteWriter,
  tables: ReadonlyMap<string, { readonly table: ReadonlyMap<string, Content> }>,
  write: (content: Content) => void,
): void {
  out.writeVarint(tables.size);
  for (const [name, { table }] of tables) {
    writeText(out, name);
    out.writeVarint(table.size);
    for (const [id, content] of table) {
      writeId(out, id);
      write(content);
    }
  }
}

function readTables(input: ByteReader, read: (name: string, scope: StateScope) => void): void {
  repeat(input, () => {
    const name = readText(input);
    repeat(input, () => read(name, scopeOf(readId(input))));
  });
}

/** A scope for tables, which go by ids alone; when it expires is said elsewhere. */
function scopeOf(id: string): StateScope {
  return { id, key: NOTHING, window: NOTHING, expiry: Number.POSITIVE_INFINITY };
}

const NOTHING = new Uint8Array(0);

function repeat(input: ByteReader, read: () => void): void {
  for (let left = input.readVarint(); left > 0; left--) read();
}
