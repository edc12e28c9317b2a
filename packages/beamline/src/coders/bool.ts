import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { AtomicCoder } from "./atomic-coder.js";
import { cannotEncode, corruptBytes } from "./coder-errors.js";

class BoolCoder extends AtomicCoder<boolean> {
  readonly urn = "beam:coder:bool:v1";

  encode(value: boolean, out: ByteWriter): void {
    if (typeof value !== "boolean") throw cannotEncode(value, "a boolean", "bool");
    out.writeByte(value ? 1 : 0);
  }

  decode(input: ByteReader): boolean {
    const byte = input.readByte();
    if (byte > 1) throw corruptBytes("the boolean", `its byte is ${byte}, not 0 or 1`);
    return byte === 1;
  }
}

/** Booleans, one byte each. */
export const bool: AtomicCoder<boolean> = new BoolCoder();
