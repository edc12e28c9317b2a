import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { AtomicCoder } from "./atomic-coder.js";
import { JsDecoder } from "./js-decoder.js";
import { JsEncoder } from "./js-encoder.js";
import { explainRefusal } from "./js-refusal.js";

class JsKeyCoder extends AtomicCoder<unknown> {
  readonly urn = "beamline:coder:js_key:v1";
  private readonly encoder = new JsEncoder(true);
  private readonly decoder = new JsDecoder();

  encode(value: unknown, out: ByteWriter): void {
    const start = out.position;
    try {
      this.encoder.write(value, out, 0);
    } catch (error) {
      out.position = start;
      throw explainRefusal(error, value, true);
    }
  }

  decode(input: ByteReader): unknown {
    return this.decoder.read(input, 0);
  }
}

/**
 * Any plain JavaScript value as a key: values that are equal all the way down have the same bytes,
 * and others do not.
 *
 * The order of an object's keys and of a map's or set's entries does not count, -0 equals 0 and
 * NaN equals NaN (also inside typed arrays of floats); the number 1, the bigint 1n and the string
 * "1" are three keys, and so are a hole, undefined and an absent property. The class counts: an
 * object without prototype does not equal a plain one, nor a Buffer a Uint8Array. Two elements of
 * one Set that are equal all the way down count twice.
 *
 * Throws `NOT_A_KEY` on what the `js` coder refuses, and on errors: two errors are never equal,
 * since each carries its own stack trace.
 */
export const jsKey: AtomicCoder<unknown> = new JsKeyCoder();
