import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { readExactly, ZipFormatError } from "./read-directory.js";
import { METHOD_DEFLATED, METHOD_STORED, type ZipEntry } from "./zip-entry.js";
import { LOCAL_HEADER, LOCAL_HEADER_BYTES } from "./zip-records.js";

const BLOCK_BYTES = 1 << 20;

/** The whole contents of an entry. */
export async function readEntry(file: FileHandle, entry: ZipEntry): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of blocksOf(file, entry)) blocks.push(block);
  return Buffer.concat(blocks);
}

/** SHA-256 of an entry's contents, in hex; only a block at a time is in memory. */
export async function hashEntry(file: FileHandle, entry: ZipEntry): Promise<string> {
  const hash = createHash("sha256");
  for await (const block of blocksOf(file, entry)) hash.update(block);
  return hash.digest("hex");
}

async function* blocksOf(file: FileHandle, entry: ZipEntry): AsyncGenerator<Buffer> {
  const header = await readExactly(file, entry.offset, LOCAL_HEADER_BYTES);
  if (header.readUInt32LE(0) !== LOCAL_HEADER) throw damaged(entry);
  const start =
    entry.offset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  let size = 0;
  let crc = 0;
  for await (const block of decoded(rawBlocks(file, start, entry.compressedSize), entry)) {
    size += block.length;
    crc = crc32(block, crc);
    yield block;
  }
  if (size !== entry.size || crc !== entry.crc) throw damaged(entry);
}

async function* rawBlocks(file: FileHandle, start: number, length: number): AsyncGenerator<Buffer> {
  for (let done = 0; done < length; done += BLOCK_BYTES) {
    yield await readExactly(file, start + done, Math.min(BLOCK_BYTES, length - done));
  }
}

async function* decoded(raw: AsyncGenerator<Buffer>, entry: ZipEntry): AsyncGenerator<Buffer> {
  if (entry.method === METHOD_STORED) {
    yield* raw;
    return;
  }
  if (entry.method !== METHOD_DEFLATED) {
    throw new ZipFormatError(`"${entry.name}" is compressed in a way that is not known here`);
  }
  try {
    // What fails on the way reaches whoever reads the end of it.
    const inflated: AsyncIterable<Buffer> = pipeline(
      Readable.from(raw),
      createInflateRaw(),
      ignore,
    );
    yield* inflated;
  } catch (cause) {
    throw new ZipFormatError(`"${entry.name}" is damaged`, { cause });
  }
}

function damaged({ name }: ZipEntry): ZipFormatError {
  return new ZipFormatError(`"${name}" is damaged`);
}

function ignore(): void {}
