import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { ByteRange, ReadOptions } from "../file-system.js";
import { lastLineIncomplete, requireVersion, shrank, sizeOfVersion } from "./local-version.js";
import { fileError } from "./system-errors.js";

const DEFAULT_BLOCK_SIZE = 1 << 20;
/** Up to here one read on this thread costs less than handing it to another one. */
const SMALL = 64 * 1024;

const NEWLINE = 10;

/** The bytes of a range in blocks; the next block is read while this one is worked on. */
export async function* readLocal(
  path: string,
  { start, end }: ByteRange,
  { blockSize = DEFAULT_BLOCK_SIZE, signal, version }: ReadOptions,
): AsyncGenerator<Buffer> {
  signal?.throwIfAborted();
  if (end <= start) return;
  if (end - start <= Math.min(SMALL, blockSize)) {
    yield readSmall(path, start, end, version);
    return;
  }
  const handle = await openFile(path);
  let next: Promise<Buffer> | undefined;
  try {
    const size = Math.min(blockSize, end - start);
    let [block, spare] = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)];
    const readNext = (at: number): Promise<Buffer> | undefined => {
      if (at >= end) return undefined;
      const reading = readFull(handle, path, block.subarray(0, Math.min(size, end - at)), at);
      [block, spare] = [spare, block];
      // Whoever asks for the block gets the error; without this it would count as unhandled.
      reading.catch(() => {});
      return reading;
    };
    let at = start;
    for (next = readNext(at); next !== undefined; ) {
      const bytes = await next;
      signal?.throwIfAborted();
      at += bytes.length;
      next = readNext(at);
      if (version !== undefined) check(path, handle.fd, version, at, bytes);
      yield bytes;
    }
  } finally {
    await next?.catch(() => {});
    await handle.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    throw fileError("read", path, cause);
  }
}

async function readFull(
  handle: FileHandle,
  path: string,
  buffer: Buffer,
  position: number,
): Promise<Buffer> {
  let filled = 0;
  try {
    while (filled < buffer.length) {
      const { bytesRead } = await handle.read(
        buffer,
        filled,
        buffer.length - filled,
        position + filled,
      );
      if (bytesRead === 0) throw shrank(path, position + filled, position + buffer.length);
      filled += bytesRead;
    }
  } catch (cause) {
    throw fileError("read", path, cause);
  }
  return buffer;
}

/** Throws unless a block that was read, and ends at `end`, is of the version. */
function check(
  path: string,
  descriptor: number,
  version: string,
  end: number,
  block: Buffer,
): void {
  const hasGrown = requireVersion(path, descriptor, version);
  if (hasGrown && end === sizeOfVersion(version) && block.at(-1) !== NEWLINE) {
    throw lastLineIncomplete(path);
  }
}

function readSmall(path: string, start: number, end: number, version: string | undefined): Buffer {
  const buffer = Buffer.allocUnsafe(end - start);
  try {
    const descriptor = openSync(path, "r");
    try {
      let filled = 0;
      while (filled < buffer.length) {
        const read = readSync(descriptor, buffer, filled, buffer.length - filled, start + filled);
        if (read === 0) throw shrank(path, start + filled, end);
        filled += read;
      }
      if (version !== undefined) check(path, descriptor, version, end, buffer);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw fileError("read", path, cause);
  }
  return buffer;
}
