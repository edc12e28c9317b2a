import type { Type } from "avsc";
import type { RowField, RowSchema } from "../../coders/row/row-schema.js";
import { BeamlineError } from "../../model/errors.js";
import { type AvroField, AvroNames, type AvroSchema, isObject, kindOf } from "./avro-schema.js";
import { long } from "./container.js";
import { naturalDecoding } from "./decode-natural.js";
import { type FromAvro, nullWhereAllowed, RowDecoding } from "./decode-values.js";
import type { AvroLibrary } from "./open-avro.js";

/** What records are read as: rows of a schema, or as the file has them. */
export interface WantedRows {
  readonly rows: RowSchema | undefined;
  /** What fields are that a file lacks, by name. */
  readonly defaults: ReadonlyMap<string, unknown>;
}

/** Decodes blocks of records of one file. */
export class RecordDecoder {
  private readonly lib: AvroLibrary;
  private readonly schema: AvroSchema;
  private readonly fields: ReadonlySet<string> | undefined;
  private readonly convert: FromAvro;
  private readonly fast: Decode;
  private exact: Decode | undefined;

  /** Throws `SCHEMA_MISMATCH` with everything that does not fit. */
  constructor(lib: AvroLibrary, path: string, schema: AvroSchema, { rows, defaults }: WantedRows) {
    const names = new AvroNames(schema);
    this.lib = lib;
    this.schema = schema;
    if (rows === undefined) {
      this.convert = naturalDecoding(schema, names);
      this.fields = undefined;
    } else {
      const { convert, fields } = rowsFrom(path, schema, names, rows, defaults);
      this.convert = convert;
      this.fields = fields;
    }
    this.fast = this.decodeWith({});
  }

  /** The records of an unpacked block. */
  decode(count: number, block: Buffer): unknown[] {
    const { convert } = this;
    return this.recordsOf(count, block).map((record) => convert(record));
  }

  private recordsOf(count: number, block: Buffer): unknown[] {
    try {
      return this.fast(count, block);
    } catch (cause) {
      // avsc has longs as numbers, or, several times as slow, as what one makes of their bytes.
      if (!/precision loss/.test(String(cause))) throw cause;
      this.exact ??= this.decodeWith({ long: exactLong(this.lib) });
      return this.exact(count, block);
    }
  }

  private decodeWith(registry: Record<string, Type>): Decode {
    const { Type } = this.lib;
    const { fields } = this;
    const options = { registry, omitRecordMethods: true };
    const written = Type.forSchema(this.schema as never, options);
    const wanted = fields === undefined ? written : projection(this.lib, written, fields);
    const all = Type.forSchema({ type: "array", items: written } as never);
    const some = Type.forSchema({ type: "array", items: wanted } as never);
    const resolver = wanted === written ? undefined : some.createResolver(all);
    // A block is an array but for its length in front and its end.
    return (count, block) =>
      some.fromBuffer(Buffer.concat([long(count), block, END]), resolver) as unknown[];
  }
}

type Decode = (count: number, block: Buffer) => unknown[];

const END = Buffer.from([0]);

/** The same records with some of their fields: avsc skips the others. */
function projection({ Type }: AvroLibrary, written: Type, names: ReadonlySet<string>): Type {
  const record = written as Type & { readonly fields: readonly { name: string; type: Type }[] };
  const kept = record.fields.filter(({ name }) => names.has(name));
  if (kept.length === record.fields.length) return written;
  const schema = {
    type: "record",
    name: record.name ?? "Row",
    fields: kept.map(({ name, type }) => ({ name, type })),
  };
  return Type.forSchema(schema as never, { omitRecordMethods: true });
}

/** Longs as numbers where those are exact, and as bigints beyond. */
export function exactLong({ types }: AvroLibrary): Type {
  const { __with: make } = types.LongType as unknown as {
    __with(methods: object): Type;
  };
  return make.call(types.LongType, {
    fromBuffer(bytes: Buffer) {
      const value = bytes.readBigInt64LE();
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value;
    },
    toBuffer(value: number | bigint) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(value));
      return bytes;
    },
    fromJSON: (value: unknown) => value,
    toJSON: (value: unknown) => value,
    isValid: (value: unknown) =>
      Number.isSafeInteger(value) ||
      (typeof value === "bigint" && BigInt.asIntN(64, value) === value),
    compare: (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1),
  });
}

function rowsFrom(
  path: string,
  schema: AvroSchema,
  names: AvroNames,
  { fields }: RowSchema,
  defaults: ReadonlyMap<string, unknown>,
): { readonly convert: FromAvro; readonly fields: ReadonlySet<string> } {
  const mismatch = (state: string) =>
    new BeamlineError(
      "SCHEMA_MISMATCH",
      `Cannot read "${path}" as rows of this schema: ${state}; mend the schema, or make fields that are not everywhere nullable()`,
    );
  if (kindOf(schema) !== "record" || !isObject(schema)) {
    throw mismatch(`its values are of the type ${kindOf(schema)}, not records`);
  }
  const decoding = new RowDecoding(names);
  const missing = (field: RowField) =>
    defaults.has(field.name) ? { value: defaults.get(field.name) } : nullWhereAllowed(field);
  const convert = decoding.row(fields, schema, "", missing);
  if (decoding.problems.length > 0) throw mismatch(decoding.problems.join("; "));
  const present = new Set((schema.fields ?? []).map(({ name }: AvroField) => name));
  const wanted = fields.flatMap(({ name }) => (present.has(name) ? [name] : []));
  return { convert, fields: new Set(wanted) };
}
