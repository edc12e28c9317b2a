import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { AtomicCoder } from "./atomic-coder.js";
import { JsDecoder } from "./js-decoder.js";
import { JsEncoder } from "./js-encoder.js";
import { explainRefusal } from "./js-refusal.js";

/** Any plain JavaScript value, exactly as it is, or in the canonical form for keys. */
export class JsCoder extends AtomicCoder<unknown> {
  readonly urn: string;
  override readonly deterministic: boolean;
  private readonly encoder: JsEncoder;
  private readonly decoder = new JsDecoder();

  /** @param canonical - Equal values get equal bytes. */
  constructor(urn: string, canonical: boolean) {
    super();
    this.urn = urn;
    this.deterministic = canonical;
    this.encoder = new JsEncoder(canonical);
  }

  encode(value: unknown, out: ByteWriter): void {
    const start = out.position;
    try {
      this.encoder.write(value, out, 0);
    } catch (error) {
      out.position = start;
      throw explainRefusal(error, value, this.deterministic);
    }
  }

  decode(input: ByteReader): unknown {
    return this.decoder.read(input, 0);
  }
}
