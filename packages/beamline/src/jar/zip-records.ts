/**
 * The records of the zip format that are read and written here, after PKWARE's APPNOTE 6.3.
 * Numbers that do not fit their field are in "zip64" fields instead, and the field is all ones.
 */

export const LOCAL_HEADER = 0x04034b50;
export const LOCAL_HEADER_BYTES = 30;
export const CENTRAL_HEADER = 0x02014b50;
export const CENTRAL_HEADER_BYTES = 46;
export const END = 0x06054b50;
export const END_BYTES = 22;
export const ZIP64_END = 0x06064b50;
export const ZIP64_END_BYTES = 56;
export const ZIP64_LOCATOR = 0x07064b50;
export const ZIP64_LOCATOR_BYTES = 20;
export const ZIP64_EXTRA = 0x0001;

export const MAX_16 = 0xffff;
export const MAX_32 = 0xffffffff;

/** 1980-01-01 00:00, the first moment that the format knows: the same on every machine. */
const DOS_TIME = 0;
const DOS_DATE = (1 << 5) | 1;

/** Needs: the file is in a folder or deflated (2.0), or is zip64 (4.5). */
const VERSION_PLAIN = 20;
const VERSION_ZIP64 = 45;
const FLAG_UTF8 = 0x0800;

export interface StoredFile {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
}

/** The local header of a file that is stored as it is, without compression. */
export function localHeader({ name, size, crc }: StoredFile): Buffer {
  const encoded = Buffer.from(name);
  const zip64 = size >= MAX_32;
  const extra = zip64 ? zip64Extra([size, size]) : Buffer.alloc(0);
  const header = Buffer.alloc(LOCAL_HEADER_BYTES);
  header.writeUInt32LE(LOCAL_HEADER, 0);
  header.writeUInt16LE(zip64 ? VERSION_ZIP64 : VERSION_PLAIN, 4);
  header.writeUInt16LE(flagsFor(name, encoded), 6);
  header.writeUInt16LE(DOS_TIME, 10);
  header.writeUInt16LE(DOS_DATE, 12);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(Math.min(size, MAX_32), 18);
  header.writeUInt32LE(Math.min(size, MAX_32), 22);
  header.writeUInt16LE(encoded.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, encoded, extra]);
}

/** The same file's record in the central directory. */
export function centralHeader({ name, size, crc }: StoredFile, offset: number): Buffer {
  const encoded = Buffer.from(name);
  const large = [size, size, offset].filter((value) => value >= MAX_32);
  const extra = large.length > 0 ? zip64Extra(large) : Buffer.alloc(0);
  const version = large.length > 0 ? VERSION_ZIP64 : VERSION_PLAIN;
  const header = Buffer.alloc(CENTRAL_HEADER_BYTES);
  header.writeUInt32LE(CENTRAL_HEADER, 0);
  header.writeUInt16LE(version, 4);
  header.writeUInt16LE(version, 6);
  header.writeUInt16LE(flagsFor(name, encoded), 8);
  header.writeUInt16LE(DOS_TIME, 12);
  header.writeUInt16LE(DOS_DATE, 14);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(Math.min(size, MAX_32), 20);
  header.writeUInt32LE(Math.min(size, MAX_32), 24);
  header.writeUInt16LE(encoded.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(Math.min(offset, MAX_32), 42);
  return Buffer.concat([header, encoded, extra]);
}

/** A central record of another archive, for the same entry at another place. */
export function movedCentralHeader(record: Buffer, offset: number): Buffer {
  if (offset < MAX_32 && record.readUInt32LE(42) !== MAX_32) {
    const moved = Buffer.from(record);
    moved.writeUInt32LE(offset, 42);
    return moved;
  }
  const extraAt = CENTRAL_HEADER_BYTES + record.readUInt16LE(28);
  const commentAt = extraAt + record.readUInt16LE(30);
  const { zip64, others } = splitExtra(record.subarray(extraAt, commentAt));
  const sizes = [24, 20].filter((at) => record.readUInt32LE(at) === MAX_32);
  const kept = zip64.subarray(0, sizes.length * 8);
  const own = offset >= MAX_32 ? Buffer.concat([kept, uint64(offset)]) : kept;
  const extra = own.length === 0 ? others : Buffer.concat([extraField(ZIP64_EXTRA, own), others]);
  const moved = Buffer.concat([record.subarray(0, extraAt), extra, record.subarray(commentAt)]);
  if (own.length > 0) moved.writeUInt16LE(Math.max(moved.readUInt16LE(6), VERSION_ZIP64), 6);
  moved.writeUInt16LE(extra.length, 30);
  moved.writeUInt32LE(Math.min(offset, MAX_32), 42);
  return moved;
}

/** What ends an archive, given where its directory is and how large. */
export function endRecords(entries: number, offset: number, size: number): Buffer {
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(Math.min(entries, MAX_16), 8);
  end.writeUInt16LE(Math.min(entries, MAX_16), 10);
  end.writeUInt32LE(Math.min(size, MAX_32), 12);
  end.writeUInt32LE(Math.min(offset, MAX_32), 16);
  if (entries < MAX_16 && size < MAX_32 && offset < MAX_32) return end;
  const zip64 = Buffer.alloc(ZIP64_END_BYTES);
  zip64.writeUInt32LE(ZIP64_END, 0);
  zip64.writeBigUInt64LE(BigInt(ZIP64_END_BYTES - 12), 4);
  zip64.writeUInt16LE(VERSION_ZIP64, 12);
  zip64.writeUInt16LE(VERSION_ZIP64, 14);
  zip64.writeBigUInt64LE(BigInt(entries), 24);
  zip64.writeBigUInt64LE(BigInt(entries), 32);
  zip64.writeBigUInt64LE(BigInt(size), 40);
  zip64.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(ZIP64_LOCATOR_BYTES);
  locator.writeUInt32LE(ZIP64_LOCATOR, 0);
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([zip64, locator, end]);
}

/** The contents of the zip64 field of an entry's extra fields, and the other fields. */
export function splitExtra(extra: Buffer): { zip64: Buffer; others: Buffer } {
  let zip64 = Buffer.alloc(0);
  const others: Buffer[] = [];
  let at = 0;
  while (at + 4 <= extra.length) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length) break;
    if (extra.readUInt16LE(at) === ZIP64_EXTRA) zip64 = Buffer.from(extra.subarray(at + 4, end));
    else others.push(extra.subarray(at, end));
    at = end;
  }
  // Android's aligner pads with bytes that are no field.
  others.push(extra.subarray(at));
  return { zip64, others: Buffer.concat(others) };
}

function zip64Extra(values: readonly number[]): Buffer {
  return extraField(ZIP64_EXTRA, Buffer.concat(values.map(uint64)));
}

function extraField(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(body.length, 2);
  return Buffer.concat([head, body]);
}

function uint64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

/** Names of ASCII alone need no flag, and then every tool writes them alike. */
function flagsFor(name: string, encoded: Buffer): number {
  return encoded.length === name.length ? 0 : FLAG_UTF8;
}
