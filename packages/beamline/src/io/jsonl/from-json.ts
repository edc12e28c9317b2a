import { type FieldType, logicalTypeUrns, type RowSchema } from "../../coders/row/row-schema.js";
import { parseBigint, parseDate } from "../records/text-values.js";

type Convert = (value: unknown) => unknown;

/**
 * Turns what JSON has for a row's values into the values: dates, bigints, bytes and maps. What does
 * not look like one stays as it is, for the schema to refuse. Undefined where all is as it should be.
 */
export function fromJson(rows: RowSchema): Convert | undefined {
  const fields = rows.fields.flatMap(({ name, type }) => {
    const convert = converterOf(type);
    return convert === undefined ? [] : [{ name, convert }];
  });
  if (fields.length === 0) return undefined;
  return (value) => {
    if (!isObject(value)) return value;
    for (const { name, convert } of fields) {
      if (Object.hasOwn(value, name)) value[name] = convert(value[name]);
    }
    return value;
  };
}

function converterOf(type: FieldType): Convert | undefined {
  switch (type.kind) {
    case "atomic":
      return type.type === "bytes" ? toBytes : undefined;
    case "logical":
      return logicalConverter(type.urn, type.representation);
    case "array":
    case "iterable": {
      const convert = converterOf(type.element);
      if (convert === undefined) return undefined;
      return (value) => (Array.isArray(value) ? value.map(convert) : value);
    }
    case "map":
      return toMap(converterOf(type.key) ?? same, converterOf(type.value) ?? same);
    case "row":
      return fromJson(type.schema);
  }
}

function logicalConverter(urn: string, representation: FieldType): Convert | undefined {
  switch (urn) {
    case logicalTypeUrns.millisInstant:
      return toDate;
    case logicalTypeUrns.bigint:
      return toBigint;
    case logicalTypeUrns.decimal:
      return (value) => (typeof value === "number" ? String(value) : value);
    case logicalTypeUrns.record: {
      const convert = representation.kind === "map" ? converterOf(representation.value) : undefined;
      return convert === undefined ? undefined : mapValues(convert);
    }
    default:
      return undefined;
  }
}

function toDate(value: unknown): unknown {
  return typeof value === "string" ? (parseDate(value) ?? value) : value;
}

/** Numbers that JSON.parse may have rounded are no bigints. */
function toBigint(value: unknown): unknown {
  if (typeof value === "string") return parseBigint(value) ?? value;
  return Number.isSafeInteger(value) ? BigInt(value as number) : value;
}

function toBytes(value: unknown): unknown {
  return typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : value;
}

function toMap(key: Convert, item: Convert): Convert {
  return (value) =>
    isObject(value)
      ? new Map(Object.entries(value).map(([name, each]) => [key(name), item(each)]))
      : value;
}

function mapValues(convert: Convert): Convert {
  return (value) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, convert(each)]))
      : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const same: Convert = (value) => value;
