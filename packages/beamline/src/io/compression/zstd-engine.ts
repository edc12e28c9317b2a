import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { importOptional } from "../optional-package.js";
import { throughStream } from "./through-stream.js";
import { Xxh64 } from "./xxh64.js";

/** What packs and unpacks single frames. */
export interface ZstdEngine {
  require(use: "pack" | "unpack"): Promise<void>;
  pack(bytes: Uint8Array): Promise<Uint8Array>;
  /**
   * Unpacks a frame from its pieces. Where it has a checksum the pieces' generator returns it when
   * they end.
   */
  unpack(
    pieces: AsyncGenerator<Buffer, number | undefined>,
    hasChecksum: boolean,
  ): AsyncGenerator<Buffer>;
}

/** The decoder says that a frame is damaged. */
export class DamagedFrame extends Error {}

/** What Node has from 22.15 on. */
interface NodeZstd {
  zstdCompress(
    bytes: Uint8Array,
    options: NodeZstdOptions,
    done: (error: Error | null, packed: Buffer) => void,
  ): void;
  createZstdDecompress(options: NodeZstdOptions): ReturnType<typeof zlib.createGunzip>;
}

interface NodeZstdOptions {
  readonly chunkSize?: number;
  readonly params?: Readonly<Record<number, number>>;
}

const CHUNK_SIZE = 256 * 1024;
const LEVEL = 3;
/** `ZSTD_c_checksumFlag` of the C library. */
const CHECKSUM_FLAG = 201;

/** The engine of this process: Node's own where it has one. */
export function zstdEngine(): ZstdEngine {
  const node: Partial<NodeZstd> = zlib as unknown as Partial<NodeZstd>;
  const { zstdCompress, createZstdDecompress } = node;
  return zstdCompress !== undefined && createZstdDecompress !== undefined
    ? nodeEngine({ zstdCompress, createZstdDecompress })
    : packagesEngine;
}

function nodeEngine({ zstdCompress, createZstdDecompress }: NodeZstd): ZstdEngine {
  const compress = promisify(zstdCompress);
  return {
    async require() {},
    pack: (bytes) => compress(bytes, { params: { [CHECKSUM_FLAG]: 1 } }),
    unpack: (pieces) =>
      throughStream(createZstdDecompress({ chunkSize: CHUNK_SIZE }), withChecksum(pieces)),
  };
}

/** Node's decoder wants to see the checksum, which it compares itself. */
async function* withChecksum(
  pieces: AsyncGenerator<Buffer, number | undefined>,
): AsyncGenerator<Buffer> {
  yield bytesOf(yield* pieces);
}

function bytesOf(checksum: number | undefined): Buffer {
  const bytes = Buffer.alloc(checksum === undefined ? 0 : 4);
  if (checksum !== undefined) bytes.writeUInt32LE(checksum);
  return bytes;
}

/** For Node 20: a decoder in JavaScript, and for writing the C library as WebAssembly. */
export const packagesEngine: ZstdEngine = {
  async require(use) {
    await (use === "pack" ? loadPacker() : loadDecoder());
  },
  async pack(bytes) {
    const packer = await loadPacker();
    return packer.compress(bytes, LEVEL);
  },
  async *unpack(pieces, hasChecksum) {
    const { Decompress } = await loadDecoder();
    let unpacked: Uint8Array[] = [];
    const decoder = new Decompress((chunk) => unpacked.push(chunk));
    const hash = new Xxh64();
    for (let isLast = false; !isLast; ) {
      const next = await pieces.next();
      isLast = next.done === true;
      try {
        decoder.push(next.done === true ? bytesOf(next.value) : kept(next.value), isLast);
      } catch (cause) {
        throw new DamagedFrame(cause instanceof Error ? cause.message : String(cause), { cause });
      }
      for (const { buffer, byteOffset, length } of unpacked) {
        const block = Buffer.from(buffer, byteOffset, length);
        if (hasChecksum) hash.update(block);
        yield block;
      }
      unpacked = [];
      if (next.done === true && next.value !== undefined && next.value !== hash.digest()) {
        throw new DamagedFrame("its checksum differs");
      }
    }
  },
};

/** The decoder holds on to what is too short to begin with, beyond the time that it is valid. */
function kept(piece: Buffer): Buffer {
  return piece.length < 32 ? Buffer.from(piece) : piece;
}

/** What packs whole frames on this thread, for formats that pack block by block. */
export async function zstdPacker(): Promise<(bytes: Uint8Array) => Uint8Array> {
  const { zstdCompressSync } = zlib as {
    readonly zstdCompressSync?: (bytes: Uint8Array) => Uint8Array;
  };
  if (zstdCompressSync !== undefined) return (bytes) => zstdCompressSync(bytes);
  const packer = await loadPacker();
  return (bytes) => packer.compress(bytes, LEVEL);
}

async function loadPacker() {
  const name = "@hpcc-js/wasm-zstd";
  const load = () => import("@hpcc-js/wasm-zstd");
  const { Zstd } = await importOptional(name, "write zstd with this version of Node", load);
  return Zstd.load();
}

function loadDecoder() {
  return importOptional("fzstd", "read zstd with this version of Node", () => import("fzstd"));
}
