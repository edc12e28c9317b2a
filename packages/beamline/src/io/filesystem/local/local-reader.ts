import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { BeamlineError } from "../../../model/errors.js";
import type { ByteRange, ReadOptions } from "../file-system.js";
import { fileError } from "./system-errors.js";

const DEFAULT_BLOCK_SIZE = 1 << 20;
/** Up to here one read on this thread costs less than handing it to another one. */
const SMALL = 64 * 1024;

/** The bytes of a range in blocks; the next block is read while this one is worked on. */
export async function* readLocal(
  path: string,
  { start, end }: ByteRange,
  { blockSize = DEFAULT_BLOCK_SIZE, signal }: ReadOptions,
): AsyncGenerator<Buffer> {
  signal?.throwIfAborted();
  if (end <= start) return;
  if (end - start <= Math.min(SMALL, blockSize)) {
    yield readSmall(path, start, end);
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

function readSmall(path: string, start: number, end: number): Buffer {
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
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw fileError("read", path, cause);
  }
  return buffer;
}

function shrank(path: string, at: number, expected: number): BeamlineError {
  return new BeamlineError(
    "FILE_SHRANK",
    `Cannot read "${path}": it ends at byte ${at}, but had at least ${expected} bytes when the job began; let nobody change the input while the job runs, then run it again`,
  );
}
