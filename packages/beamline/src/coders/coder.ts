import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";

/**
 * Turns values into bytes and back, in the wire form that its URN names.
 *
 * `encode` and `decode` are Beam's *nested* context: self-delimiting, so that elements can stand
 * one after the other. Coders whose *outer* (whole-stream) form differs also implement
 * `encodeOuter` and `decodeOuter`, used inside a length prefix and for stand-alone byte strings.
 */
export interface Coder<T> {
  /** Beam's URN, such as `beam:coder:varint:v1`, or one of Beamline's own (`beamline:coder:...`). */
  readonly urn: string;
  readonly components: readonly Coder<unknown>[];
  /** The coder's own parameters as they stand in the `Coder` proto; absent for most. */
  readonly payload?: Uint8Array;
  /** Equal values have equal bytes, whatever the order in which they were built: fit for keys. */
  readonly deterministic: boolean;

  encode(value: T, out: ByteWriter): void;
  /** Copies what it keeps of the bytes: their memory is used again. */
  decode(input: ByteReader): T;
  encodeOuter?(value: T, out: ByteWriter): void;
  /** Reads up to the end of `input`. */
  decodeOuter?(input: ByteReader): T;
}

/** The type that a coder encodes. */
export type CoderValue<C> = C extends Coder<infer T> ? T : never;
