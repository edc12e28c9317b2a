/** The names and types of a row's fields (Beam's `Schema`): plain data. */
export interface RowSchema {
  readonly fields: readonly RowField[];
  /** A UUID where another SDK has given it one. */
  readonly id?: string;
}

export interface RowField {
  readonly name: string;
  readonly type: FieldType;
  /** Where the field stands in the encoded row. Default: where it stands among the fields. */
  readonly position?: number;
  /** What stands for null is a missing property. Default: null is null. */
  readonly isOptional?: boolean;
}

export type FieldType = FieldKind & {
  /** Default: false. */
  readonly nullable?: boolean;
};

export type FieldKind =
  | { readonly kind: "atomic"; readonly type: AtomicType }
  | { readonly kind: "array" | "iterable"; readonly element: FieldType }
  | { readonly kind: "map"; readonly key: FieldType; readonly value: FieldType }
  | { readonly kind: "row"; readonly schema: RowSchema }
  | LogicalType;

/** A type with a meaning of its own, encoded as another one. */
export interface LogicalType {
  readonly kind: "logical";
  readonly urn: string;
  readonly representation: FieldType;
  /** Such as the length of a string of fixed size. */
  readonly argument?: number;
}

/**
 * Integers of 8 to 64 bits, floats of 32 and 64, and what else has no parts, in the order of Beam's
 * `AtomicType`, which counts from 1.
 */
export const ATOMIC_TYPES = [
  "byte",
  "int16",
  "int32",
  "int64",
  "float",
  "double",
  "string",
  "boolean",
  "bytes",
] as const;

export type AtomicType = (typeof ATOMIC_TYPES)[number];

/** Logical types by what they mean here. Those named `beamline` are ours: other SDKs see what they are encoded as. */
export const logicalTypeUrns = {
  /** A `Date`. */
  millisInstant: "beam:logical_type:millis_instant:v1",
  /** A decimal number as a string, such as `"3.1415"`. */
  decimal: "beam:logical_type:decimal:v1",
  fixedBytes: "beam:logical_type:fixed_bytes:v1",
  varBytes: "beam:logical_type:var_bytes:v1",
  fixedChar: "beam:logical_type:fixed_char:v1",
  varChar: "beam:logical_type:var_char:v1",
  /** A 64-bit integer as a bigint, however small. */
  bigint: "beamline:logical_type:bigint:v1",
  /** A map whose keys are the properties of an object. */
  record: "beamline:logical_type:record:v1",
} as const;
