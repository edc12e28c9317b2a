import type { FileHandle } from "node:fs/promises";
import type { ZipDirectory, ZipEntry } from "./zip-entry.js";
import {
  CENTRAL_HEADER,
  CENTRAL_HEADER_BYTES,
  END,
  END_BYTES,
  MAX_16,
  MAX_32,
  splitExtra,
  ZIP64_END,
  ZIP64_END_BYTES,
  ZIP64_LOCATOR,
  ZIP64_LOCATOR_BYTES,
} from "./zip-records.js";

/** Says in what way a file is no zip archive that can be worked with. */
export class ZipFormatError extends Error {
  override readonly name = "ZipFormatError";
}

interface DirectoryPlace {
  readonly entries: number;
  readonly offset: number;
  readonly size: number;
}

/**
 * Reads a zip archive's table of contents, zip64 or not.
 *
 * @throws ZipFormatError when the file is none, is cut short, or has bytes in front of its entries.
 */
export async function readDirectory(file: FileHandle): Promise<ZipDirectory> {
  const { size: fileSize } = await file.stat();
  const place = await findDirectory(file, fileSize);
  if (place.offset + place.size > fileSize) throw new ZipFormatError("it is cut short");
  const bytes = await readExactly(file, place.offset, place.size);
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < place.entries; ) {
    const entry = entryAt(bytes, at);
    if (entry.offset >= place.offset) throw new ZipFormatError(`"${entry.name}" lies outside it`);
    entries.push(entry);
    at += entry.record.length;
  }
  return { entries, offset: place.offset };
}

/** `length` bytes at `offset`, or a ZipFormatError. */
export async function readExactly(
  file: FileHandle,
  offset: number,
  length: number,
): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let read = 0; read < length; ) {
    const { bytesRead } = await file.read(buffer, read, length - read, offset + read);
    if (bytesRead === 0) throw new ZipFormatError("it is cut short");
    read += bytesRead;
  }
  return buffer;
}

async function findDirectory(file: FileHandle, fileSize: number): Promise<DirectoryPlace> {
  const tailLength = Math.min(fileSize, END_BYTES + MAX_16 + ZIP64_LOCATOR_BYTES);
  const tailOffset = fileSize - tailLength;
  const tail = await readExactly(file, tailOffset, tailLength);
  const at = findEnd(tail);
  const end = {
    entries: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
  const locatorAt = at - ZIP64_LOCATOR_BYTES;
  if (locatorAt >= 0 && tail.readUInt32LE(locatorAt) === ZIP64_LOCATOR) {
    const zip64Offset = readUint64(tail, locatorAt + 8);
    const zip64 = await readExactly(file, zip64Offset, ZIP64_END_BYTES);
    if (zip64.readUInt32LE(0) !== ZIP64_END) throw new ZipFormatError("its end is damaged");
    return {
      entries: readUint64(zip64, 32),
      size: readUint64(zip64, 40),
      offset: readUint64(zip64, 48),
    };
  }
  if (end.offset + end.size !== tailOffset + at) {
    throw new ZipFormatError("something was put in front of it, or it is cut short");
  }
  return end;
}

/** The end record is the last thing in the file, but for a comment whose length it tells. */
function findEnd(tail: Buffer): number {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue;
    if (at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length) return at;
  }
  throw new ZipFormatError("it is no zip archive, or cut short");
}

function entryAt(bytes: Buffer, at: number): ZipEntry {
  if (at + CENTRAL_HEADER_BYTES > bytes.length || bytes.readUInt32LE(at) !== CENTRAL_HEADER) {
    throw new ZipFormatError("its table of contents is damaged");
  }
  const nameEnd = at + CENTRAL_HEADER_BYTES + bytes.readUInt16LE(at + 28);
  const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
  const end = extraEnd + bytes.readUInt16LE(at + 32);
  if (end > bytes.length) throw new ZipFormatError("its table of contents is damaged");
  const sizes = {
    size: bytes.readUInt32LE(at + 24),
    compressedSize: bytes.readUInt32LE(at + 20),
    offset: bytes.readUInt32LE(at + 42),
  };
  return {
    name: bytes.toString("utf8", at + CENTRAL_HEADER_BYTES, nameEnd),
    method: bytes.readUInt16LE(at + 10),
    crc: bytes.readUInt32LE(at + 16),
    ...widened(sizes, bytes.subarray(nameEnd, extraEnd)),
    record: bytes.subarray(at, end),
  };
}

/** Numbers that did not fit are in the zip64 field, in this order and only those. */
function widened<Sizes extends { size: number; compressedSize: number; offset: number }>(
  { size, compressedSize, offset }: Sizes,
  extra: Buffer,
): { size: number; compressedSize: number; offset: number } {
  if (size !== MAX_32 && compressedSize !== MAX_32 && offset !== MAX_32) {
    return { size, compressedSize, offset };
  }
  const { zip64 } = splitExtra(extra);
  let at = 0;
  const wide = (value: number): number => {
    if (value !== MAX_32 || at + 8 > zip64.length) return value;
    at += 8;
    return readUint64(zip64, at - 8);
  };
  return { size: wide(size), compressedSize: wide(compressedSize), offset: wide(offset) };
}

function readUint64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}
