import { read } from "./read.js";
import { write } from "./write.js";

/** Rows of Parquet files: of each only the columns that are asked for. */
export const parquet = { read, write } as const;
