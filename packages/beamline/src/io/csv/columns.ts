import { type AtomicType, type FieldType, logicalTypeUrns } from "../../coders/row/row-schema.js";
import type { Schema } from "../../schema/schema.js";
import { parseBigint, parseDate, parseNumber } from "../records/text-values.js";
import { badOption } from "./dialect.js";

/** A field of the schema: how its value is made of text. */
export interface Column {
  readonly name: string;
  /** What it may hold, for errors: "number". */
  readonly kind: string;
  /** Undefined for text that is no such value. */
  readonly parse: (text: string) => unknown;
  readonly nullable: boolean;
  /** What stands for null is a missing property. */
  readonly isOptional: boolean;
}

type Kind = Pick<Column, "kind" | "parse">;

const STRING: Kind = { kind: "string", parse: (text) => text };
const DATE: Kind = { kind: "date", parse: parseDate };
const BIGINT: Kind = { kind: "integer of 64 bits", parse: parseBigint };
const NUMBER: Kind = { kind: "number", parse: parseNumber };
const BYTES: Kind = { kind: "base64", parse: parseBytes };
const INTEGER: Kind = {
  kind: "whole number",
  parse: (text) => {
    const value = parseNumber(text);
    return Number.isSafeInteger(value) ? value : undefined;
  },
};
const DECIMAL: Kind = {
  kind: "decimal number",
  parse: (text) => (/^-?\d+(?:\.\d+)?$/.test(text) ? text : undefined),
};
const BOOLEAN: Kind = { kind: "boolean", parse: (text) => BOOLEANS.get(text.toLowerCase()) };

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
  ["1", true],
  ["0", false],
]);

/** The columns of a schema's fields, none of which may have parts. */
export function columnsOf<T>(name: string, { rows }: Schema<T>): readonly Column[] {
  return rows.fields.map(({ name: field, type, isOptional = false }) => {
    const kind = kindOf(type);
    if (kind === undefined) {
      const what = type.kind === "logical" ? "record or an unknown type" : type.kind;
      throw badOption(
        name,
        `the field "${field}" is of the type ${what}, which a column of CSV can't be`,
        "read it as a string and parse it in a map()",
      );
    }
    return { name: field, ...kind, nullable: type.nullable === true, isOptional };
  });
}

function kindOf(type: FieldType): Kind | undefined {
  if (type.kind === "atomic") return atomicKind(type.type);
  if (type.kind !== "logical") return undefined;
  switch (type.urn) {
    case logicalTypeUrns.millisInstant:
      return DATE;
    case logicalTypeUrns.bigint:
      return BIGINT;
    case logicalTypeUrns.decimal:
      return DECIMAL;
    default:
      return undefined;
  }
}

function atomicKind(type: AtomicType): Kind {
  switch (type) {
    case "string":
      return STRING;
    case "boolean":
      return BOOLEAN;
    case "bytes":
      return BYTES;
    case "float":
    case "double":
      return NUMBER;
    case "byte":
    case "int16":
    case "int32":
    case "int64":
      return INTEGER;
  }
}

function parseBytes(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, "base64"));
}
