import type { SchemaElement } from "hyparquet";

/** What a leaf of a Parquet schema holds: its logical type, or the older `converted_type`. */
export type ColumnType =
  | { readonly kind: "boolean" | "float" | "string" | "bytes" | "uuid" | "date" | "int96" }
  | { readonly kind: "integer"; readonly bits: number; readonly signed: boolean }
  | { readonly kind: "decimal"; readonly scale: number }
  | { readonly kind: "timestamp"; readonly unit: "MILLIS" | "MICROS" | "NANOS" }
  | { readonly kind: "unknown"; readonly name: string };

const INTEGERS = /^(U?)INT_(8|16|32|64)$/;

export function columnTypeOf(element: SchemaElement): ColumnType {
  return annotatedType(element) ?? physicalType(element);
}

function annotatedType(element: SchemaElement): ColumnType | undefined {
  const { converted_type: converted, logical_type: logical } = element;
  switch (logical?.type ?? converted) {
    case "STRING":
    case "UTF8":
    case "ENUM":
    case "JSON":
      return { kind: "string" };
    case "UUID":
      return { kind: "uuid" };
    case "DATE":
      return { kind: "date" };
    case "DECIMAL":
      return { kind: "decimal", scale: element.scale ?? 0 };
    case "TIMESTAMP":
      return { kind: "timestamp", unit: logical?.type === "TIMESTAMP" ? logical.unit : "MILLIS" };
    case "TIMESTAMP_MILLIS":
      return { kind: "timestamp", unit: "MILLIS" };
    case "TIMESTAMP_MICROS":
      return { kind: "timestamp", unit: "MICROS" };
    case "INTEGER":
      return logical?.type === "INTEGER"
        ? { kind: "integer", bits: logical.bitWidth, signed: logical.isSigned }
        : undefined;
    case undefined:
    case "BSON":
    case "NULL":
      return undefined;
  }
  const [, unsigned, bits] = INTEGERS.exec(converted ?? "") ?? [];
  if (bits !== undefined) return { kind: "integer", bits: Number(bits), signed: unsigned === "" };
  return { kind: "unknown", name: logical?.type ?? converted ?? "" };
}

function physicalType({ type }: SchemaElement): ColumnType {
  switch (type) {
    case "BOOLEAN":
      return { kind: "boolean" };
    case "INT32":
      return { kind: "integer", bits: 32, signed: true };
    case "INT64":
      return { kind: "integer", bits: 64, signed: true };
    case "INT96":
      return { kind: "int96" };
    case "FLOAT":
    case "DOUBLE":
      return { kind: "float" };
    case "BYTE_ARRAY":
    case "FIXED_LEN_BYTE_ARRAY":
      return { kind: "bytes" };
    default:
      return { kind: "unknown", name: "a group" };
  }
}

/** For errors: `INT64 (TIMESTAMP)`. */
export function describeColumn({ type, logical_type, converted_type }: SchemaElement): string {
  const annotation = logical_type?.type ?? converted_type;
  if (type === undefined) return annotation ?? "a group of columns";
  return annotation === undefined ? type : `${type} (${annotation})`;
}
