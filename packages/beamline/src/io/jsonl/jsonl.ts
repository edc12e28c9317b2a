import { read } from "./read.js";
import { write } from "./write.js";

/** Files of one JSON value a line: read from globs, written in shards. */
export const jsonl = { read, write } as const;
