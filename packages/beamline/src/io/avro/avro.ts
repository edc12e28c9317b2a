import { read } from "./read.js";
import { write } from "./write.js";

/** Records of Avro object container files. */
export const avro = { read, write } as const;
