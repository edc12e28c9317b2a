import { importOptional } from "../optional-package.js";

export type AvroLibrary = typeof import("./avro-library.js");

/** What encodes and decodes Avro. Throws `PACKAGE_MISSING` where it is not installed. */
export function openAvro(action: string): Promise<AvroLibrary> {
  return importOptional("avsc", action, () => import("./avro-library.js"));
}
