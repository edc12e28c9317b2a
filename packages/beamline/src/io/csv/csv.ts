import { read } from "./read.js";
import { write } from "./write.js";

/** Files of comma-separated values: read from globs, written in shards. */
export const csv = { read, write } as const;
