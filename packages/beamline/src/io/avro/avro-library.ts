/** The one module that imports avsc, so that it loads with the first Avro file. */
import avsc from "avsc";

export const { Type, types } = avsc;
