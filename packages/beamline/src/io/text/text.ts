import { read, readWithFile } from "./read.js";
import { watch } from "./watch.js";
import { write } from "./write.js";

/** Lines of text files: read from globs, watched for, written in shards. */
export const text = { read, readWithFile, watch, write } as const;
