import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { readUtf8, writeUtf8WithLength } from "../../bytes/strings.js";
import { BeamlineError, isBeamlineError } from "../../model/errors.js";
import type { Coder } from "../coder.js";
import { cannotEncode, corruptBytes } from "../coder-errors.js";
import type { FieldCoder } from "./field-codec.js";
import { fieldCoder } from "./field-coder.js";
import { int64 } from "./numbers.js";
import type { FieldType, RowField, RowSchema } from "./row-schema.js";
import { decodeSchema, encodeSchema } from "./schema-payload.js";

export const ROW_URN = "beam:coder:row:v1";

interface Column extends RowField {
  readonly coder: FieldCoder;
  readonly shortcut: Shortcut;
}

/**
 * The coder of rows: objects with the properties that a schema names, in the bytes that every Beam
 * SDK reads (`beam:coder:row:v1`): the number of fields, which of them are null, and the others one
 * after the other. Properties that the schema does not name are an error.
 */
export class RowCoder<T> implements Coder<T> {
  readonly urn = ROW_URN;
  readonly components: readonly Coder<unknown>[] = [];
  readonly payload: Uint8Array;
  readonly deterministic: boolean;
  readonly schema: RowSchema;
  /** In the order in which they are encoded. */
  private readonly columns: readonly Column[];
  private readonly names: ReadonlySet<string>;
  /** In the order of the encoding, which is mostly that of the schema. */
  private readonly inOrder: boolean;
  private readonly hasNullable: boolean;

  /** @param payload - The schema as another SDK has written it. */
  constructor(schema: RowSchema, payload: Uint8Array = encodeSchema(schema)) {
    this.schema = schema;
    this.payload = payload;
    const nested = (inner: RowSchema) => new RowCoder<unknown>(inner) as FieldCoder;
    this.columns = schema.fields
      .map((field, i) => ({
        ...field,
        position: field.position ?? i,
        coder: fieldCoder(field.type, nested),
        shortcut: shortcutOf(field.type),
      }))
      .sort((a, b) => a.position - b.position);
    this.names = new Set(schema.fields.map(({ name }) => name));
    this.inOrder = this.columns.every(({ name }, i) => name === schema.fields[i]?.name);
    this.hasNullable = this.columns.some(({ type }) => type.nullable === true);
    this.deterministic = this.columns.every(({ coder }) => coder.deterministic);
  }

  encode(row: T, out: ByteWriter): void {
    if (typeof row !== "object" || row === null || Array.isArray(row)) {
      throw cannotEncode(row, "a row: an object with the schema's fields", "row");
    }
    const { columns } = this;
    const record = row as Readonly<Record<string, unknown>>;
    this.requireNoOthers(record);
    out.writeVarint(columns.length);
    if (this.hasNullable) writeNulls(columns, record, out);
    else out.writeByte(0);
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i] as Column;
      const value = record[column.name];
      if (value === null || value === undefined) {
        if (column.type.nullable === true) continue;
        throw isNull(value, column.name);
      }
      try {
        writeField(column, value, out);
      } catch (cause) {
        throw inField(column.name, cause);
      }
    }
  }

  decode(input: ByteReader): T {
    const { columns } = this;
    const count = input.readVarint();
    // Fewer: the schema has grown since it was written.
    if (count > columns.length || count < 0) {
      throw corruptBytes("a row", `it has ${count} fields and its schema ${columns.length}`);
    }
    const nullBytes = input.readLength();
    if (nullBytes === 0 && count === columns.length && this.inOrder) {
      // No field is null, as in most rows.
      const row: Record<string, unknown> = {};
      for (let i = 0; i < columns.length; i++) {
        const column = columns[i] as Column;
        row[column.name] = readField(column, input);
      }
      return row as T;
    }
    const nulls = input.readBytes(nullBytes);
    const values = new Map<string, unknown>();
    for (const [i, { name, coder }] of columns.entries()) {
      const isNull = i >= count || (((nulls[i >> 3] ?? 0) >> (i & 7)) & 1) === 1;
      if (!isNull) values.set(name, coder.decode(input));
    }
    const row: Record<string, unknown> = {};
    for (const { name, isOptional } of this.schema.fields) {
      if (values.has(name)) row[name] = values.get(name);
      else if (isOptional !== true) row[name] = null;
    }
    return row as T;
  }

  private requireNoOthers(record: Readonly<Record<string, unknown>>): void {
    const { columns } = this;
    let next = 0;
    for (const name in record) {
      // Rows mostly have their properties in the order of the schema.
      if (columns[next]?.name === name) {
        next++;
        continue;
      }
      if (this.names.has(name) || record[name] === undefined) continue;
      throw new BeamlineError(
        "UNKNOWN_FIELD",
        `Cannot encode a row: its property "${name}" is no field of the schema (${[...this.names].join(", ")}); leave it out, or add it to the schema`,
      );
    }
  }
}

/** A bit for each field, the first one lowest; bytes of zeros at the end are left out. */
function writeNulls(
  columns: readonly Column[],
  record: Readonly<Record<string, unknown>>,
  out: ByteWriter,
): void {
  let last = -1;
  for (const [i, { name, type }] of columns.entries()) {
    const value = record[name];
    if (value !== null && value !== undefined) continue;
    if (type.nullable !== true) throw isNull(value, name);
    last = i;
  }
  const length = (last + 8) >> 3;
  out.writeVarint(length);
  for (let at = 0; at < length; at++) {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) {
      const column = columns[at * 8 + bit];
      const value = column === undefined ? 0 : record[column.name];
      if (value === null || value === undefined) byte |= 1 << bit;
    }
    out.writeByte(byte);
  }
}

/**
 * Fields whose coders are called by name and not through the column: the engine then has a place
 * for each in the code, and can put its few instructions there.
 */
type Shortcut = "string" | "double" | "int64" | "other";

function shortcutOf(type: FieldType): Shortcut {
  if (type.kind !== "atomic") return "other";
  return type.type === "string" || type.type === "double" || type.type === "int64"
    ? type.type
    : "other";
}

function writeField({ shortcut, coder }: Column, value: unknown, out: ByteWriter): void {
  if (shortcut === "string" && typeof value === "string") writeUtf8WithLength(value, out);
  else if (shortcut === "double" && typeof value === "number") out.writeFloat64(value);
  else if (shortcut === "int64" && Number.isSafeInteger(value)) out.writeVarint(value as number);
  else coder.encode(value, out);
}

function readField({ shortcut, coder }: Column, input: ByteReader): unknown {
  switch (shortcut) {
    case "string":
      return readUtf8(input, input.readLength());
    case "double":
      return input.readFloat64();
    case "int64":
      return int64.decode(input);
    case "other":
      return coder.decode(input);
  }
}

function isNull(value: unknown, name: string): BeamlineError {
  return cannotEncode(value, `what the field "${name}" holds: it is not nullable`, "row");
}

function inField(name: string, cause: unknown): unknown {
  if (!isBeamlineError(cause)) return cause;
  return new BeamlineError(cause.code, `In the field "${name}": ${cause.message}`, {
    cause,
    origin: cause.origin,
  });
}

/** The row coder that a payload describes. */
export function rowCoderOf(payload: Uint8Array): RowCoder<unknown> {
  return new RowCoder(decodeSchema(payload), payload);
}
