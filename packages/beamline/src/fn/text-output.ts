/**
 * Emits a string that is still bytes: well-formed UTF-8 in `bytes` from `start` to `end`. They are
 * the caller's again after the call.
 */
export type TextOutput = (bytes: Buffer, start: number, end: number) => void;

/** What the context of our own sources has besides: emitting bytes where the steps below take them. */
export interface TextContext {
  /** Undefined where elements must be strings. */
  readonly outputText: TextOutput | undefined;
}
