import { type FieldType, logicalTypeUrns, type RowSchema } from "../../coders/row/row-schema.js";
import { BeamlineError } from "../../model/errors.js";
import type { DecimalSize } from "../parquet/decimals.js";
import type { AvroField, AvroObject, AvroSchema } from "./avro-schema.js";

const ATOMIC: Readonly<Record<string, string>> = {
  byte: "int",
  int16: "int",
  int32: "int",
  int64: "long",
  float: "float",
  double: "double",
  string: "string",
  boolean: "boolean",
  bytes: "bytes",
};

/** What decimals have in BigQuery and Beam: 29 digits before the point and 9 behind. */
const DEFAULT_DECIMAL: DecimalSize = { precision: 38, scale: 9 };

/** The schema of files with these rows. `name` is that of the record. */
export function avroSchemaOf(
  rows: RowSchema,
  name: string,
  decimals: Readonly<Record<string, DecimalSize>>,
): AvroObject {
  return recordOf(rows, name, "", decimals);
}

type Decimals = Readonly<Record<string, DecimalSize>>;

/** Records in records are called by where they are: `Order_lines`. */
function recordOf(
  { fields }: RowSchema,
  name: string,
  path: string,
  decimals: Decimals,
): AvroObject {
  return {
    type: "record",
    name,
    fields: fields.map((field): AvroField => {
      const at = path === "" ? field.name : `${path}.${field.name}`;
      requireName(field.name, at);
      const type = typeOf(field.type, `${name}_${field.name}`, at, decimals);
      return field.type.nullable === true
        ? { name: field.name, type, default: null }
        : { name: field.name, type };
    }),
  };
}

function typeOf(type: FieldType, name: string, path: string, decimals: Decimals): AvroSchema {
  const own = presentType(type, name, path, decimals);
  return type.nullable === true ? ["null", own] : own;
}

function presentType(type: FieldType, name: string, path: string, decimals: Decimals): AvroSchema {
  switch (type.kind) {
    case "atomic":
      return ATOMIC[type.type] as string;
    case "array":
    case "iterable":
      return { type: "array", items: typeOf(type.element, name, path, decimals) };
    case "map":
      if (type.key.kind !== "atomic" || type.key.type !== "string" || type.key.nullable === true) {
        throw new BeamlineError(
          "BAD_SCHEMA",
          `Cannot make an Avro schema with the field "${path}": the keys of its maps are not strings, which Avro does not have; use a record, or an array of pairs`,
        );
      }
      return { type: "map", values: typeOf(type.value, name, path, decimals) };
    case "row":
      return recordOf(type.schema, name, path, decimals);
    case "logical":
      switch (type.urn) {
        case logicalTypeUrns.millisInstant:
          return { type: "long", logicalType: "timestamp-millis" };
        case logicalTypeUrns.decimal:
          return { type: "bytes", logicalType: "decimal", ...(decimals[path] ?? DEFAULT_DECIMAL) };
        default:
          return presentType(type.representation, name, path, decimals);
      }
  }
}

function requireName(name: string, path: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return;
  throw new BeamlineError(
    "BAD_SCHEMA",
    `Cannot make an Avro schema with the field "${path}": names in Avro are letters, digits and underscores; rename it`,
  );
}
