import { deserialize, serialize } from "node:v8";
import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { AtomicCoder } from "./atomic-coder.js";

/* STUB while the real one is being written: same name, same type. */
class JsCoder extends AtomicCoder<unknown> {
  readonly urn: string;
  override readonly deterministic: boolean;
  constructor(urn: string, deterministic: boolean) {
    super();
    this.urn = urn;
    this.deterministic = deterministic;
  }
  encode(value: unknown, out: ByteWriter): void {
    const bytes = serialize(value);
    out.writeVarint(bytes.length);
    out.writeBytes(bytes);
  }
  decode(input: ByteReader): unknown {
    return deserialize(input.readBytes(input.readLength()));
  }
}

export const js: AtomicCoder<unknown> = new JsCoder("beamline:coder:js:v1", false);
export const jsKey: AtomicCoder<unknown> = new JsCoder("beamline:coder:js_key:v1", true);
