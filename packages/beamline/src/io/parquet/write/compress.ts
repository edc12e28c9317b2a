import * as zlib from "node:zlib";
import type { CompressionCodec } from "hyparquet";
import { SnappyPacker } from "../../compression/snappy-pack.js";
import { zstdPacker } from "../../compression/zstd-engine.js";
import type { ParquetCompression } from "./parquet-compression.js";

/** Packs pages, one after the other, on this thread. */
export interface PagePacker {
  readonly codec: CompressionCodec;
  pack(page: Uint8Array): Uint8Array;
}

/** Throws when this process lacks what it needs. */
export async function pagePacker(compression: ParquetCompression): Promise<PagePacker> {
  switch (compression) {
    case "snappy": {
      const snappy = new SnappyPacker();
      return { codec: "SNAPPY", pack: (page) => snappy.pack(page) };
    }
    case "gzip":
      return { codec: "GZIP", pack: (page) => zlib.gzipSync(page) };
    case "brotli": {
      const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
      return { codec: "BROTLI", pack: (page) => zlib.brotliCompressSync(page, { params }) };
    }
    case "zstd":
      return { codec: "ZSTD", pack: await zstdPacker() };
    case "none":
      return { codec: "UNCOMPRESSED", pack: (page) => page };
  }
}

/** Of eleven: higher ones take many times as long for little. */
const BROTLI_QUALITY = 4;
