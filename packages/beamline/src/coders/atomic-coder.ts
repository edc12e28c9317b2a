import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import type { Coder } from "./coder.js";

const NO_COMPONENTS: readonly Coder<unknown>[] = Object.freeze([]);

/** What coders without components or parameters have in common; most are deterministic. */
export abstract class AtomicCoder<T> implements Coder<T> {
  abstract readonly urn: string;
  readonly components = NO_COMPONENTS;
  readonly deterministic: boolean = true;

  abstract encode(value: T, out: ByteWriter): void;
  abstract decode(input: ByteReader): T;
}
