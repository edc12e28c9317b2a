import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { BeamlineError } from "../../model/errors.js";
import { setProperty } from "../../model/specialise.js";
import type { Coder } from "../coder.js";
import { cannotEncode, corruptBytes } from "../coder-errors.js";
import type { FieldCoder } from "./field-codec.js";
import { fieldCoder } from "./field-coder.js";
import {
  type Column,
  type DecodeRow,
  type EncodeRow,
  rowDecoder,
  rowEncoder,
} from "./row-functions.js";
import type { RowSchema } from "./row-schema.js";
import { decodeSchema, encodeSchema } from "./schema-payload.js";

export const ROW_URN = "beam:coder:row:v1";

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
  /** Made when they are needed: most coders of a pipeline are only named in it. */
  private encoder: EncodeRow | undefined;
  private decoder: DecodeRow | undefined;

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
      }))
      .sort((a, b) => a.position - b.position);
    this.names = new Set(schema.fields.map(({ name }) => name));
    this.inOrder = this.columns.every(({ name }, i) => name === schema.fields[i]?.name);
    this.deterministic = this.columns.every(({ coder }) => coder.deterministic);
  }

  encode(row: T, out: ByteWriter): void {
    if (typeof row !== "object" || row === null || Array.isArray(row)) {
      throw cannotEncode(row, "a row: an object with the schema's fields", "row");
    }
    const record = row as Readonly<Record<string, unknown>>;
    this.requireNoOthers(record);
    this.encoder ??= rowEncoder(this.columns);
    this.encoder(record, out);
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
      this.decoder ??= rowDecoder(columns);
      return this.decoder(input) as T;
    }
    const nulls = input.readBytes(nullBytes);
    const values = new Map<string, unknown>();
    for (const [i, { name, coder }] of columns.entries()) {
      const isNull = i >= count || (((nulls[i >> 3] ?? 0) >> (i & 7)) & 1) === 1;
      if (!isNull) values.set(name, coder.decode(input));
    }
    const row: Record<string, unknown> = {};
    for (const { name, isOptional } of this.schema.fields) {
      if (values.has(name)) setProperty(row, name, values.get(name));
      else if (isOptional !== true) setProperty(row, name, null);
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

/** The row coder that a payload describes. */
export function rowCoderOf(payload: Uint8Array): RowCoder<unknown> {
  return new RowCoder(decodeSchema(payload), payload);
}
