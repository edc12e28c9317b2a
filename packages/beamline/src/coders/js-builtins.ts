import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";

/** Writes the values inside a value: what `JsEncoder` is to the built-in classes. */
export interface ValueWriter {
  /** Whether equal values must have equal bytes (`jsKey`). */
  readonly canonical: boolean;
  write(value: unknown, out: ByteWriter, depth: number): void;
}

/** Reads the values inside a value: what `JsDecoder` is to the built-in classes. */
export interface ValueReader {
  read(input: ByteReader, depth: number): unknown;
}

/** A built-in class, whose instances are told by their prototype. */
export interface BuiltinType {
  readonly name: string;
  readonly prototype: object;
}

export interface ViewType extends BuiltinType {
  new (buffer: ArrayBuffer): ArrayBufferView;
  /** Absent for DataView. */
  readonly BYTES_PER_ELEMENT?: number;
}

export interface ErrorType extends BuiltinType {
  /** A message for most, the errors for AggregateError. */
  new (argument: never): Error;
}

/** Typed arrays and DataView by their type byte on the wire: append only. */
export const VIEW_TYPES: readonly ViewType[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigUint64Array,
  BigInt64Array,
  DataView,
];

/** Built-in errors by their type byte on the wire: append only. */
export const ERROR_TYPES: readonly ErrorType[] = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
];
