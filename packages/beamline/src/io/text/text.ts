import { read, readWithFile } from "./read.js";
import { write } from "./write.js";

/** Lines of text files: read from globs, written in shards. */
export const text = { read, readWithFile, write } as const;
