import { type FieldType, logicalTypeUrns, type RowField } from "../../coders/row/row-schema.js";
import { dateFromDays, dateFromTimestamp } from "../parquet/dates.js";
import { decimalText, unscaledOf } from "../parquet/decimals.js";
import { describeField } from "../parquet/describe-field.js";
import { int32Within, safeInteger } from "../parquet/integers.js";
import {
  type AvroNames,
  type AvroSchema,
  describeAvro,
  isObject,
  kindOf,
  logicalTypeOf,
} from "./avro-schema.js";

/** Turns what avsc decodes into what a field of a row holds. */
export type FromAvro = (value: unknown) => unknown;

/** Values that are the same in both. */
export const AS_IS: FromAvro = (value) => value;

const TIMESTAMPS: Readonly<Record<string, "MILLIS" | "MICROS" | "NANOS">> = {
  "timestamp-millis": "MILLIS",
  "timestamp-micros": "MICROS",
  "timestamp-nanos": "NANOS",
  "local-timestamp-millis": "MILLIS",
  "local-timestamp-micros": "MICROS",
  "local-timestamp-nanos": "NANOS",
};

/** Makes the functions that take values of a file over into rows of a schema. */
export class RowDecoding {
  /** Everything that does not fit, in words. */
  readonly problems: string[] = [];
  private readonly names: AvroNames;

  constructor(names: AvroNames) {
    this.names = names;
  }

  /** Of a field that the file has. `path` is where it stands. */
  field(type: FieldType, schema: AvroSchema, path: string): FromAvro {
    const resolved = this.names.resolve(schema);
    if (!Array.isArray(resolved)) return this.value(type, resolved, path);
    const branches = (resolved as readonly AvroSchema[]).filter((branch) => branch !== "null");
    const decoders = branches.map((branch) => this.value(type, this.names.resolve(branch), path));
    const decode = this.oneOf(branches, decoders);
    if (type.nullable === true || branches.length === resolved.length) {
      return decode === AS_IS ? AS_IS : (value) => (value === null ? null : decode(value));
    }
    return (value) => {
      if (value === null)
        throw new Error(`"${path}" is null, and the schema has it as not nullable`);
      return decode(value);
    };
  }

  /** The fields of a record. `missing` is what one is that the file lacks: undefined for an error. */
  row(
    fields: readonly RowField[],
    schema: AvroSchema,
    path: string,
    missing: (field: RowField) => { readonly value: unknown } | undefined,
  ): FromAvro {
    const present = isObject(schema) ? (schema.fields ?? []) : [];
    const parts = fields.map(({ name, isOptional = false, ...field }) => {
      const at = path === "" ? name : `${path}.${name}`;
      const found = present.find((candidate) => candidate.name === name);
      if (found !== undefined)
        return { name, isOptional, read: this.field(field.type, found.type, at) };
      const instead = missing({ name, ...field });
      if (instead === undefined) {
        const names = present.map((candidate) => candidate.name).join(", ");
        this.problems.push(`field "${at}" is missing; the file has ${names}`);
      }
      return { name, isOptional, read: () => instead?.value ?? null };
    });
    return (record) => {
      const values = record as Readonly<Record<string, unknown>>;
      const row: Record<string, unknown> = {};
      for (const { name, isOptional, read } of parts) {
        const value = read(values[name]);
        if (value !== null || !isOptional) row[name] = value;
      }
      return row;
    };
  }

  private value(type: FieldType, schema: AvroSchema, path: string): FromAvro {
    const decode = this.known(type, schema, path);
    if (decode !== undefined) return decode;
    this.problems.push(
      `field "${path}" is ${describeAvro(schema)}, and the schema has ${describeField(type)}`,
    );
    return AS_IS;
  }

  private known(type: FieldType, schema: AvroSchema, path: string): FromAvro | undefined {
    const kind = kindOf(schema);
    switch (type.kind) {
      case "atomic":
        return atomic(type.type, schema);
      case "array":
      case "iterable": {
        if (kind !== "array" || !isObject(schema)) return undefined;
        const item = this.field(type.element, schema.items ?? "null", `${path}[]`);
        return item === AS_IS ? AS_IS : (value) => (value as unknown[]).map(item);
      }
      case "map": {
        const entries = this.entries(type, schema, path);
        return entries && ((value) => new Map(entries(value)));
      }
      case "row":
        if (kind !== "record") return undefined;
        return this.row(type.schema.fields, schema, path, nullWhereAllowed);
      case "logical":
        switch (type.urn) {
          case logicalTypeUrns.millisInstant:
            return toDate(schema);
          case logicalTypeUrns.decimal:
            return toDecimal(schema);
          case logicalTypeUrns.bigint:
            return kind === "int" || kind === "long"
              ? (value) => BigInt(value as number)
              : undefined;
          case logicalTypeUrns.record: {
            const { representation } = type;
            if (representation.kind !== "map") return undefined;
            const entries = this.entries(representation, schema, path);
            return entries && ((value) => Object.fromEntries(entries(value)));
          }
          default:
            return this.known(type.representation, schema, path);
        }
    }
  }

  private entries(
    { key, value }: Extract<FieldType, { kind: "map" }>,
    schema: AvroSchema,
    path: string,
  ): ((value: unknown) => [string, unknown][]) | undefined {
    if (kindOf(schema) !== "map" || !isObject(schema)) return undefined;
    if (key.kind !== "atomic" || key.type !== "string") return undefined;
    const held = this.field(value, schema.values ?? "null", `${path} (value)`);
    return (map) => Object.entries(map as object).map(([name, each]) => [name, held(each)]);
  }

  /** Of a union: avsc says which of its types a value has only where it could be several. */
  private oneOf(branches: readonly AvroSchema[], decoders: readonly FromAvro[]): FromAvro {
    const [only, second] = decoders;
    if (second === undefined) return only ?? AS_IS;
    const byName = new Map(branches.map((branch, i) => [this.branchName(branch), decoders[i]]));
    return (value) => {
      const [name = "", ...others] = typeof value === "object" ? Object.keys(value ?? {}) : [];
      const decode = others.length === 0 ? byName.get(name) : undefined;
      if (decode !== undefined) return decode((value as Record<string, unknown>)[name]);
      const index = branches.findIndex((branch) => isOf(kindOf(this.names.resolve(branch)), value));
      return (decoders[index] ?? AS_IS)(value);
    };
  }

  private branchName(branch: AvroSchema): string {
    const schema = this.names.resolve(branch);
    if (!isObject(schema) || schema.name === undefined) return kindOf(schema);
    const { name, namespace } = schema;
    return namespace === undefined || name.includes(".") ? name : `${namespace}.${name}`;
  }
}

export function nullWhereAllowed({ type }: RowField): { readonly value: null } | undefined {
  return type.nullable === true ? { value: null } : undefined;
}

const JS_TYPES: Readonly<Record<string, string>> = {
  boolean: "boolean",
  int: "number",
  long: "number",
  float: "number",
  double: "number",
  string: "string",
  enum: "string",
};

function isOf(kind: string, value: unknown): boolean {
  if (kind === "array") return Array.isArray(value);
  if (kind === "bytes" || kind === "fixed") return value instanceof Uint8Array;
  const wanted = JS_TYPES[kind];
  return wanted === undefined
    ? typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array)
    : typeof value === wanted || (kind === "long" && typeof value === "bigint");
}

function atomic(type: string, schema: AvroSchema): FromAvro | undefined {
  const kind = kindOf(schema);
  const isWhole = kind === "int" || kind === "long";
  switch (type) {
    case "byte":
    case "int16":
    case "int32": {
      const bits = type === "byte" ? 8 : type === "int16" ? 16 : 32;
      if (kind === "int" && bits === 32) return AS_IS;
      return isWhole ? (value) => int32Within(value as number | bigint, bits) : undefined;
    }
    case "int64":
      return isWhole ? AS_IS : undefined;
    case "float":
    case "double":
      if (kind === "long") return (value) => safeInteger(value as number | bigint);
      if (logicalTypeOf(schema) === "decimal") return decimalNumber(schema);
      return kind === "int" || kind === "float" || kind === "double" ? AS_IS : undefined;
    case "string":
      return kind === "string" || kind === "enum" ? AS_IS : undefined;
    case "boolean":
      return kind === "boolean" ? AS_IS : undefined;
    default:
      return kind === "bytes" || kind === "fixed" ? copyOf : undefined;
  }
}

/** The block that it lies in is not kept for its sake. */
function copyOf(value: unknown): Uint8Array {
  return new Uint8Array(value as Uint8Array);
}

export function toDate(schema: AvroSchema): FromAvro | undefined {
  const logical = logicalTypeOf(schema) ?? "";
  if (logical === "date") return dateFromDays;
  const unit = TIMESTAMPS[logical];
  if (unit === undefined) return undefined;
  const decode = dateFromTimestamp(unit);
  return unit === "NANOS" ? (value) => decode(BigInt(value as number)) : decode;
}

export function toDecimal(schema: AvroSchema): FromAvro | undefined {
  const kind = kindOf(schema);
  if (kind === "int" || kind === "long") return (value) => String(value);
  if (logicalTypeOf(schema) !== "decimal" || !isObject(schema)) return undefined;
  const { scale = 0 } = schema;
  return (value) => decimalText(unscaledOf(value), scale);
}

function decimalNumber(schema: AvroSchema): FromAvro | undefined {
  const decode = toDecimal(schema);
  return decode && ((value) => Number(decode(value)));
}
