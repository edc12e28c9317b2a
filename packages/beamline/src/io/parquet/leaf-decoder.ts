import type { SchemaElement } from "hyparquet";
import { type FieldType, logicalTypeUrns } from "../../coders/row/row-schema.js";
import { type ColumnType, columnTypeOf } from "./column-type.js";
import { dateFromDays, dateFromInt96, dateFromTimestamp } from "./dates.js";
import { decimalText, unscaledOf } from "./decimals.js";
import { int32Within, safeInteger, safeIntegers } from "./integers.js";

/** Turns what a column holds into what a field of a row does. */
export interface LeafDecoder {
  /** Of one value; never of null. */
  one(raw: unknown): unknown;
  /** Of many in one call, where that is faster. */
  all?(raw: ArrayLike<unknown>): ArrayLike<unknown>;
  /** The values are the strings of the bytes in the file. */
  readonly isText?: boolean;
  /** The values are those of the file. */
  readonly isPlain?: boolean;
}

/** The decoder from a leaf of the file to a field; undefined where their types do not fit. */
export function leafDecoder(type: FieldType, element: SchemaElement): LeafDecoder | undefined {
  const column = columnTypeOf(element);
  if (type.kind === "logical") {
    switch (type.urn) {
      case logicalTypeUrns.millisInstant:
        return toDate(column);
      case logicalTypeUrns.decimal:
        return toDecimal(column);
      case logicalTypeUrns.bigint:
        return toBigint(column);
      default:
        return leafDecoder(type.representation, element);
    }
  }
  if (type.kind !== "atomic") return undefined;
  switch (type.type) {
    case "byte":
      return toInteger(column, 8);
    case "int16":
      return toInteger(column, 16);
    case "int32":
      return toInteger(column, 32);
    case "int64":
      return toInt64(column);
    case "float":
    case "double":
      return toNumber(column);
    case "string":
      return toText(column);
    case "boolean":
      return column.kind === "boolean" ? PLAIN : undefined;
    case "bytes":
      return toBytes(column);
  }
}

const PLAIN: LeafDecoder = { one: (raw) => raw, all: (raw) => raw, isPlain: true };

function toInteger(column: ColumnType, bits: 8 | 16 | 32): LeafDecoder | undefined {
  if (column.kind !== "integer") return undefined;
  // What is stored as 32 bits needs no look at its range, unless the field is narrower.
  if (bits === 32 && column.bits <= 32 && column.signed) return PLAIN;
  return { one: (raw) => int32Within(unsigned(raw, column), bits) };
}

function toInt64(column: ColumnType): LeafDecoder | undefined {
  if (column.kind !== "integer") return undefined;
  if (column.bits <= 32) return column.signed ? PLAIN : { one: (raw) => (raw as number) >>> 0 };
  const one = (raw: unknown) => {
    const value = unsigned(raw, column);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  };
  return { one, all: (raw) => (column.signed && safeIntegers(raw)) || Array.from(raw, one) };
}

function toBigint(column: ColumnType): LeafDecoder | undefined {
  if (column.kind !== "integer") return undefined;
  return { one: (raw) => BigInt(unsigned(raw, column)) };
}

function toNumber(column: ColumnType): LeafDecoder | undefined {
  switch (column.kind) {
    case "float":
      return PLAIN;
    case "integer": {
      if (column.bits <= 32) return column.signed ? PLAIN : { one: (raw) => (raw as number) >>> 0 };
      const one = (raw: unknown) => safeInteger(unsigned(raw, column));
      return { one, all: (raw) => (column.signed && safeIntegers(raw)) || Array.from(raw, one) };
    }
    case "decimal": {
      const { scale } = column;
      return { one: (raw) => Number(decimalText(unscaledOf(raw), scale)) };
    }
    default:
      return undefined;
  }
}

function toText({ kind }: ColumnType): LeafDecoder | undefined {
  if (kind === "uuid") return { one: (raw) => uuidOf(raw as Uint8Array) };
  if (kind !== "string" && kind !== "bytes") return undefined;
  return {
    one: (raw) => (typeof raw === "string" ? raw : textOf(raw as Uint8Array)),
    isText: true,
  };
}

function toBytes({ kind }: ColumnType): LeafDecoder | undefined {
  if (kind !== "string" && kind !== "bytes" && kind !== "uuid") return undefined;
  // A copy: the page that it lies in is not kept for its sake, and its memory is given back.
  return { one: (raw) => bytesOf(raw).slice() };
}

function toDate(column: ColumnType): LeafDecoder | undefined {
  switch (column.kind) {
    case "date":
      return { one: dateFromDays };
    case "timestamp":
      return { one: dateFromTimestamp(column.unit) };
    case "int96":
      return { one: dateFromInt96 };
    default:
      return undefined;
  }
}

function toDecimal(column: ColumnType): LeafDecoder | undefined {
  if (column.kind === "decimal") {
    const { scale } = column;
    return { one: (raw) => decimalText(unscaledOf(raw), scale) };
  }
  return column.kind === "integer" ? { one: (raw) => String(unsigned(raw, column)) } : undefined;
}

function unsigned(raw: unknown, column: ColumnType): number | bigint {
  const value = raw as number | bigint;
  if (column.kind !== "integer" || column.signed) return value;
  return typeof value === "bigint" ? BigInt.asUintN(64, value) : value >>> 0;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function bytesOf(raw: unknown): Uint8Array {
  return typeof raw === "string" ? Buffer.from(raw, "utf8") : (raw as Uint8Array);
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
