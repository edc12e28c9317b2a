import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { SnappyPacker } from "../compression/snappy-pack.js";
import { snappyUnpack } from "../compression/snappy-unpack.js";
import { zstd } from "../compression/zstd.js";
import { zstdPacker } from "../compression/zstd-engine.js";

/** How the blocks of a file are packed. */
export type AvroCompression = "deflate" | "snappy" | "zstandard" | "none";

export type Unpack = (block: Buffer) => Buffer | Promise<Buffer>;
export type Pack = (block: Uint8Array) => Uint8Array;

/** What a block may be unpacked to: more than any writer puts into one. */
const MOST_BYTES = 512 << 20;

/** By the name of the codec in a file; undefined for one that is not known. */
export function unpackerOf(codec: string): Unpack | undefined {
  switch (codec) {
    case "null":
      return (block) => block;
    case "deflate":
      return (block) => inflateRawSync(block, { maxOutputLength: MOST_BYTES });
    case "snappy":
      return unpackSnappy;
    case "zstandard":
      return unpackZstd;
    default:
      return undefined;
  }
}

/** Throws when this process lacks what it needs. */
export async function packerFor(compression: AvroCompression): Promise<Pack> {
  switch (compression) {
    case "none":
      return (block) => block;
    case "deflate":
      return (block) => deflateRawSync(block);
    case "snappy": {
      const snappy = new SnappyPacker();
      return (block) => Buffer.concat([snappy.pack(block), checksumOf(block)]);
    }
    case "zstandard":
      return zstdPacker();
  }
}

/** As files name it. */
export function codecName(compression: AvroCompression): string {
  return compression === "none" ? "null" : compression;
}

function checksumOf(bytes: Uint8Array): Buffer {
  const checksum = Buffer.allocUnsafe(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum;
}

function unpackSnappy(block: Buffer): Buffer {
  if (block.length < 4) throw new Error("its checksum is missing");
  const end = block.length - 4;
  const bytes = snappyUnpack(block.subarray(0, end));
  if (crc32(bytes) !== block.readUInt32BE(end)) throw new Error("its checksum differs");
  return bytes;
}

async function unpackZstd(block: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  async function* once() {
    yield block;
  }
  for await (const piece of zstd.unpack("block", once())) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
