import type { ElementMeta } from "../../model/element-meta.js";

/**
 * Takes an element that is a string as the bytes that it was read as: well-formed UTF-8 in `bytes`
 * from `start` to `end`, which are the caller's again after the call.
 *
 * Making a string of every word of a text, to encode it again a step or two later, is most of what
 * counting them costs. So steps that can work on bytes hand them on to each other.
 */
export type ReceiveText = (bytes: Buffer, start: number, end: number, meta: ElementMeta) => void;

/** Takes a pair whose key is such a string. */
export type ReceiveKeyText = (
  bytes: Buffer,
  start: number,
  end: number,
  value: unknown,
  meta: ElementMeta,
) => void;

/**
 * How some steps and sinks take elements besides `receive`, which takes the same ones as values.
 * Whoever emits uses what is there.
 */
export interface TextPorts {
  /** Where elements may be strings. */
  readonly text?: ReceiveText | undefined;
  /** Where elements may be pairs with strings as keys. */
  readonly keyText?: ReceiveKeyText | undefined;
}
