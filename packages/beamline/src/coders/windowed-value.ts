import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { type ElementMeta, IMPULSE_META } from "../model/element-meta.js";
import type { Window } from "../model/window.js";
import type { Coder } from "./coder.js";
import { decodeOuter, encodeOuter } from "./contexts.js";
import { type IterableCoder, iterable } from "./iterable.js";
import { readPane, writePane } from "./pane.js";
import { readTimestamp, writeTimestamp } from "./timestamp.js";

/** An element with what accompanies it. */
export interface WindowedValue<T> {
  readonly value: T;
  readonly meta: ElementMeta;
}

/**
 * The coder of elements with timestamp, windows and pane. Loops over many elements do without one
 * {@link WindowedValue} each: `encodeMeta` then `value.encode`, `decodeMeta` then `value.decode`.
 */
export class WindowedValueCoder<T> implements Coder<WindowedValue<T>> {
  readonly urn: string = "beam:coder:windowed_value:v1";
  readonly components: readonly [Coder<unknown>, Coder<unknown>];
  readonly deterministic: boolean;
  readonly value: Coder<T>;
  readonly window: Coder<Window>;
  private readonly windows: IterableCoder<Window>;
  /** The bytes of the last meta read and what they said: elements that follow mostly repeat it. */
  private lastBytes: Uint8Array = new Uint8Array(0);
  private lastMeta: ElementMeta = IMPULSE_META;

  constructor(value: Coder<T>, window: Coder<Window>) {
    this.value = value;
    this.window = window;
    this.windows = iterable(window);
    this.components = [value, window];
    this.deterministic = value.deterministic && window.deterministic;
  }

  encode(element: WindowedValue<T>, out: ByteWriter): void {
    this.encodeMeta(element.meta, out);
    this.value.encode(element.value, out);
  }

  decode(input: ByteReader): WindowedValue<T> {
    const meta = this.decodeMeta(input);
    return { value: this.value.decode(input), meta };
  }

  encodeOuter(element: WindowedValue<T>, out: ByteWriter): void {
    this.encodeMeta(element.meta, out);
    encodeOuter(this.value, element.value, out);
  }

  decodeOuter(input: ByteReader): WindowedValue<T> {
    const meta = this.decodeMeta(input);
    return { value: decodeOuter(this.value, input), meta };
  }

  /** Writes timestamp, windows and pane: what stands before the value. */
  encodeMeta(meta: ElementMeta, out: ByteWriter): void {
    writeTimestamp(meta.timestamp, out);
    this.windows.encode(meta.windows, out);
    writePane(meta.pane, out);
  }

  /** Reads what stands before the value. Equal bytes in a row give the same object. */
  decodeMeta(input: ByteReader): ElementMeta {
    const { buffer, position } = input;
    const { lastBytes } = this;
    const { length } = lastBytes;
    // No meta is the beginning of another, so that equal bytes mean an equal meta.
    if (length > 0 && length <= input.remaining) {
      let i = 0;
      while (i < length && buffer[position + i] === lastBytes[i]) i++;
      if (i === length) {
        input.position = position + length;
        return this.lastMeta;
      }
    }
    const meta: ElementMeta = Object.freeze({
      timestamp: readTimestamp(input),
      windows: Object.freeze(this.windows.decode(input)),
      pane: readPane(input),
    });
    this.lastBytes = Uint8Array.from(buffer.subarray(position, input.position));
    this.lastMeta = meta;
    return meta;
  }
}

/** Elements with timestamp, windows and pane, as they travel between stages. */
export function windowedValue<T>(value: Coder<T>, window: Coder<Window>): WindowedValueCoder<T> {
  return new WindowedValueCoder(value, window);
}
