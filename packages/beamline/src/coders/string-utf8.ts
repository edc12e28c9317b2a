import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { readUtf8, writeUtf8, writeUtf8WithLength } from "../bytes/strings.js";
import { AtomicCoder } from "./atomic-coder.js";
import { cannotEncode } from "./coder-errors.js";

class StringUtf8Coder extends AtomicCoder<string> {
  readonly urn = "beam:coder:string_utf8:v1";

  encode(value: string, out: ByteWriter): void {
    if (typeof value !== "string") throw cannotEncode(value, "a string", "stringUtf8");
    writeUtf8WithLength(value, out);
  }

  decode(input: ByteReader): string {
    return readUtf8(input, input.readLength());
  }

  encodeOuter(value: string, out: ByteWriter): void {
    if (typeof value !== "string") throw cannotEncode(value, "a string", "stringUtf8");
    writeUtf8(value, out);
  }

  decodeOuter(input: ByteReader): string {
    return readUtf8(input, input.remaining);
  }
}

/** Strings as UTF-8. Lone surrogates, which UTF-8 cannot say, throw `CANNOT_ENCODE`. */
export const stringUtf8: StringUtf8Coder = new StringUtf8Coder();
