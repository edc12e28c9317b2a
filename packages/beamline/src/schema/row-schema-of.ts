import {
  ATOMIC_TYPES,
  type AtomicType,
  type FieldType,
  logicalTypeUrns,
  type RowField,
  type RowSchema,
} from "../coders/row/row-schema.js";
import { BeamlineError } from "../model/errors.js";
import { defOf, type ZodLike } from "./zod-shape.js";

const NUMBER_FORMATS: Readonly<Record<string, AtomicType>> = {
  safeint: "int64",
  int32: "int32",
  uint32: "int64",
  float32: "float",
  float64: "double",
};

/** The fields of a zod object. `path` is where it stands, for errors. */
export function rowSchemaOf(shape: ZodLike, path = ""): RowSchema {
  const def = defOf(shape);
  if (def.type !== "object" || def.shape === undefined) {
    throw unfit(path, `it is a ${def.type}, not an object`, "pass z.object({ ... })");
  }
  const fields = Object.entries(def.shape).map(([name, type]) =>
    fieldOf(name, type, path === "" ? name : `${path}.${name}`),
  );
  return Object.freeze({ fields: Object.freeze(fields) });
}

function fieldOf(name: string, type: ZodLike, path: string): RowField {
  const { inner, isOptional, isNullable } = unwrap(type);
  const kind = fieldTypeOf(inner, path);
  const nullable = isOptional || isNullable;
  const field = { name, type: nullable ? { ...kind, nullable } : kind };
  // A field that may be null and may be missing comes back as null.
  return isOptional && !isNullable ? { ...field, isOptional } : field;
}

interface Unwrapped {
  readonly inner: ZodLike;
  readonly isOptional: boolean;
  readonly isNullable: boolean;
}

function unwrap(type: ZodLike): Unwrapped {
  const def = defOf(type);
  const { innerType } = def;
  // What is said about the outside counts for the inside.
  if (innerType === undefined || metaOf(type) !== undefined) {
    return { inner: type, isOptional: false, isNullable: false };
  }
  const inside = unwrap(innerType);
  switch (def.type) {
    case "optional":
      return { ...inside, isOptional: true };
    case "nullable":
      return { ...inside, isNullable: true };
    case "default":
    case "prefault":
    case "nonoptional":
      return { ...inside, isOptional: false };
    case "readonly":
      return inside;
    default:
      return { inner: type, isOptional: false, isNullable: false };
  }
}

/** The type of a part of an array, map or record. */
function itemTypeOf(type: ZodLike | undefined, path: string): FieldType {
  if (type === undefined) throw unfit(path, "it has no type", "give its elements one");
  const { inner, isOptional, isNullable } = unwrap(type);
  if (isOptional) throw unfit(path, "it may be undefined", "use nullable()");
  const kind = fieldTypeOf(inner, path);
  return isNullable ? { ...kind, nullable: true } : kind;
}

function fieldTypeOf(type: ZodLike, path: string): FieldType {
  const given = metaOf(type);
  if (given !== undefined) return namedType(given, path);
  const def = defOf(type);
  switch (def.type) {
    case "string":
      return atomic("string");
    case "boolean":
      return atomic("boolean");
    case "number":
      return atomic(numberType(type));
    case "bigint":
      return logical(logicalTypeUrns.bigint, "int64");
    case "date":
      return logical(logicalTypeUrns.millisInstant, "int64");
    case "enum":
    case "literal":
      return constantType(
        def.type === "enum" ? Object.values(def.entries ?? {}) : def.values,
        path,
      );
    case "array":
      return { kind: "array", element: itemTypeOf(def.element, `${path}[]`) };
    case "map":
      return mapType(type, path);
    case "record":
      return { kind: "logical", urn: logicalTypeUrns.record, representation: mapType(type, path) };
    case "object":
      return { kind: "row", schema: rowSchemaOf(type, path) };
    default:
      throw unfit(
        path,
        `it is of the type "${def.type}", which rows do not have`,
        'use a string, number, boolean, bigint, date, enum, array, map, record or object, or say how it is encoded with .meta({ beam: "bytes" })',
      );
  }
}

function mapType(type: ZodLike, path: string): Extract<FieldType, { kind: "map" }> {
  const { keyType, valueType } = defOf(type);
  const key = itemTypeOf(keyType, `${path} (key)`);
  return { kind: "map", key, value: itemTypeOf(valueType, `${path} (value)`) };
}

/** Numbers are doubles unless zod knows more. */
function numberType(type: ZodLike): AtomicType {
  const def = defOf(type);
  const formats = [def.format, ...(def.checks ?? []).map((check) => check._zod.def.format)];
  for (const format of formats) {
    const known = format === undefined ? undefined : NUMBER_FORMATS[format];
    if (known !== undefined) return known;
  }
  return "double";
}

function constantType(values: readonly unknown[] = [], path: string): FieldType {
  const types = new Set(values.map((value) => typeof value));
  const [only] = types;
  if (types.size === 1 && only === "string") return atomic("string");
  if (types.size === 1 && only === "number") return atomic("double");
  if (types.size === 1 && only === "boolean") return atomic("boolean");
  throw unfit(path, "its values are not all strings, numbers or booleans", "use one type of value");
}

function atomic(type: AtomicType): FieldType {
  return { kind: "atomic", type };
}

function logical(urn: string, representation: AtomicType): FieldType {
  return { kind: "logical", urn, representation: atomic(representation) };
}

/** How the user wants it encoded: `.meta({ beam: "int32" })`. */
function metaOf(type: ZodLike): unknown {
  return type.meta?.()?.beam;
}

function namedType(name: unknown, path: string): FieldType {
  const type = ATOMIC_TYPES.find((each) => each === name);
  if (type !== undefined) return atomic(type);
  if (name === "decimal") return logical(logicalTypeUrns.decimal, "bytes");
  throw unfit(
    path,
    `its metadata names the type ${JSON.stringify(name)}`,
    `name one of ${[...ATOMIC_TYPES, "decimal"].join(", ")}`,
  );
}

function unfit(path: string, state: string, next: string): BeamlineError {
  const what = path === "" ? "of this" : `with the field "${path}"`;
  return new BeamlineError("BAD_SCHEMA", `Cannot make a schema ${what}: ${state}; ${next}`);
}
