import { ByteReader } from "../bytes/byte-reader.js";
import { ByteWriter } from "../bytes/byte-writer.js";
import type { ElementMeta } from "../model/element-meta.js";
import type { Window } from "../model/window.js";
import type { Coder } from "./coder.js";
import { decodeOuter, encodeOuter } from "./contexts.js";
import { type WindowedValue, WindowedValueCoder } from "./windowed-value.js";

/**
 * The coder of elements that all have the same timestamp, windows and pane: these stand in its
 * payload, so that each element is only its value. What accompanies an element is not encoded.
 */
export class ParamWindowedValueCoder<T> implements Coder<WindowedValue<T>> {
  readonly urn = "beam:coder:param_windowed_value:v1";
  readonly components: readonly [Coder<unknown>, Coder<unknown>];
  readonly payload: Uint8Array;
  readonly deterministic: boolean;
  readonly value: Coder<T>;
  readonly window: Coder<Window>;
  readonly meta: ElementMeta;

  constructor(value: Coder<T>, window: Coder<Window>, payload: Uint8Array) {
    this.value = value;
    this.window = window;
    this.components = [value, window];
    this.deterministic = value.deterministic;
    this.payload = payload;
    this.meta = new WindowedValueCoder(value, window).decodeMeta(new ByteReader(payload));
  }

  encode(element: WindowedValue<T>, out: ByteWriter): void {
    this.value.encode(element.value, out);
  }

  decode(input: ByteReader): WindowedValue<T> {
    return { value: this.value.decode(input), meta: this.meta };
  }

  encodeOuter(element: WindowedValue<T>, out: ByteWriter): void {
    encodeOuter(this.value, element.value, out);
  }

  decodeOuter(input: ByteReader): WindowedValue<T> {
    return { value: decodeOuter(this.value, input), meta: this.meta };
  }
}

/**
 * Elements that share `meta`, which is given as an {@link ElementMeta} or, as it stands in the
 * `Coder` proto, encoded.
 */
export function paramWindowedValue<T>(
  value: Coder<T>,
  window: Coder<Window>,
  meta: ElementMeta | Uint8Array,
): ParamWindowedValueCoder<T> {
  if (meta instanceof Uint8Array) return new ParamWindowedValueCoder(value, window, meta);
  const out = new ByteWriter(64);
  new WindowedValueCoder(value, window).encodeMeta(meta, out);
  return new ParamWindowedValueCoder(value, window, out.toBytes());
}
