import type { SchemaElement } from "hyparquet";
import {
  type AtomicType,
  type FieldType,
  logicalTypeUrns,
  type RowField,
  type RowSchema,
} from "../../../coders/row/row-schema.js";
import type { DecimalSize } from "../decimals.js";

/** What decimals have in BigQuery and Beam: 29 digits before the point and 9 behind. */
export const DEFAULT_DECIMAL: DecimalSize = { precision: 38, scale: 9 };

/** Sizes of decimals by column; those of parts have paths such as `"lines.price"`. */
export type DecimalSizes = Readonly<Record<string, DecimalSize>>;

type Leaf = Omit<SchemaElement, "name" | "repetition_type">;

const ATOMIC: Readonly<Record<AtomicType, Leaf>> = {
  byte: { type: "INT32", converted_type: "INT_8" },
  int16: { type: "INT32", converted_type: "INT_16" },
  int32: { type: "INT32" },
  int64: { type: "INT64" },
  float: { type: "FLOAT" },
  double: { type: "DOUBLE" },
  string: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  boolean: { type: "BOOLEAN" },
  bytes: { type: "BYTE_ARRAY" },
};

const INSTANT: Leaf = {
  type: "INT64",
  converted_type: "TIMESTAMP_MILLIS",
  logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
};

/** The schema of a file with these rows, root first, each node before its children. */
export function parquetSchemaOf({ fields }: RowSchema, decimals: DecimalSizes): SchemaElement[] {
  const root = { name: "schema", num_children: fields.length };
  return [root, ...fields.flatMap((field) => elementsOf(field, field.name, decimals))];
}

function elementsOf({ name, type }: RowField, path: string, decimals: DecimalSizes) {
  return node(name, type, path, decimals);
}

function node(
  name: string,
  type: FieldType,
  path: string,
  decimals: DecimalSizes,
): SchemaElement[] {
  const own = { name, repetition_type: type.nullable === true ? "OPTIONAL" : "REQUIRED" } as const;
  switch (type.kind) {
    case "atomic":
      return [{ ...own, ...ATOMIC[type.type] }];
    case "array":
    case "iterable":
      return [
        { ...own, num_children: 1, converted_type: "LIST", logical_type: { type: "LIST" } },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        ...node("element", type.element, path, decimals),
      ];
    case "map":
      return [
        { ...own, num_children: 1, converted_type: "MAP", logical_type: { type: "MAP" } },
        { name: "key_value", repetition_type: "REPEATED", num_children: 2 },
        ...node("key", { ...type.key, nullable: false }, path, decimals),
        ...node("value", type.value, path, decimals),
      ];
    case "row": {
      const { fields } = type.schema;
      const children = fields.flatMap((field) =>
        elementsOf(field, `${path}.${field.name}`, decimals),
      );
      return [{ ...own, num_children: fields.length }, ...children];
    }
    case "logical":
      switch (type.urn) {
        case logicalTypeUrns.millisInstant:
          return [{ ...own, ...INSTANT }];
        case logicalTypeUrns.decimal:
          return [{ ...own, ...decimalLeaf(decimals[path] ?? DEFAULT_DECIMAL) }];
        default:
          return node(
            name,
            { ...type.representation, nullable: type.nullable === true },
            path,
            decimals,
          );
      }
  }
}

/** In as few bytes as hold its digits. */
function decimalLeaf({ precision, scale }: DecimalSize): Leaf {
  const annotation = {
    ...{ converted_type: "DECIMAL" as const, precision, scale },
    logical_type: { type: "DECIMAL" as const, precision, scale },
  };
  if (precision <= 9) return { type: "INT32", ...annotation };
  if (precision <= 18) return { type: "INT64", ...annotation };
  // The bits of 10^precision, and one for the sign.
  const length = Math.ceil((precision * Math.log2(10) + 1) / 8);
  return { type: "FIXED_LEN_BYTE_ARRAY", type_length: length, ...annotation };
}
