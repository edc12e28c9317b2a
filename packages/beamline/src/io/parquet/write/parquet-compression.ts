/** How the pages of a file are packed. */
export type ParquetCompression = "snappy" | "gzip" | "zstd" | "brotli" | "none";
