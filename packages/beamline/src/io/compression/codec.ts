/** How a file to read is packed; `"auto"` goes by its name. */
export type Compression = "auto" | "none" | "gzip" | "zstd";

/** How a file to write is packed. */
export type Packing = "none" | "gzip" | "zstd";

/** A format of packed files in which whole files, one after the other, are a file again. */
export interface Codec {
  readonly name: "gzip" | "zstd";
  /** What names of such files end in. */
  readonly suffix: string;
  /** Throws when this process cannot pack, or cannot unpack. */
  require(use: "pack" | "unpack"): Promise<void>;
  /** A whole member or frame. */
  pack(bytes: Uint8Array): Promise<Uint8Array>;
  /**
   * Unpacks a file block by block. A block is valid until the next one is asked for. A file that is
   * cut off or damaged throws `BAD_GZIP` or `BAD_ZSTD`, with the byte up to which it is understood.
   */
  unpack(path: string, packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
}
