import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Compressors } from "hyparquet";
import { compressors as portable } from "hyparquet-compressors";

/**
 * The parts of hyparquet that are used: the one module that imports it for reading, so that it
 * loads with the first Parquet file and nobody needs it who has none.
 */

export { parquetMetadata, parquetSchema } from "hyparquet";
export { parquetHeader } from "hyparquet/src/column.js";
export { decompressPage, readDataPage, readDataPageV2 } from "hyparquet/src/datapage.js";
export { readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
export { readPlain } from "hyparquet/src/plain.js";
export { parquetScan } from "hyparquet/src/scan.js";
export { getTreePath } from "hyparquet/src/schema.js";

/** Node's own where it has them: they are several times as fast. */
export const compressors: Compressors = {
  ...portable,
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
};
