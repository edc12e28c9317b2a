import type { ByteReader } from "../../bytes/byte-reader.js";
import { propertyKey, specialise } from "../../model/specialise.js";
import type { Coder } from "../coder.js";
import type { FieldCoder } from "./field-codec.js";
import { fieldCoder } from "./field-coder.js";
import { RowCoder } from "./row-coder.js";
import type { FieldType, RowField } from "./row-schema.js";
import { TextColumn } from "./text-column.js";

/** Values of one field by row number. */
interface Column {
  /** Takes the encoded value of a row; false where it can't be kept. */
  read(row: number, input: ByteReader): boolean;
  /** In bytes. */
  readonly size: number;
  /** What its values are found in, when no more come, and the source of the value of row `i`. */
  finish(): { readonly values: unknown; readonly source: (name: string) => string };
}

/**
 * Rows by number, kept as columns of numbers and strings: for tables that are looked up in any order
 * and often, where decoding a row each time takes longer than putting one together. They are added
 * from their encoding in the order of their numbers, of which some may be left out.
 */
export class RowColumns {
  private readonly fields: readonly RowField[];
  private readonly columns: readonly Column[];
  /** Of fields that may be null: 1 for each row in which it is. */
  private readonly nulls: readonly (Uint8Array | undefined)[];

  private constructor(fields: readonly RowField[], columns: readonly Column[], rows: number) {
    this.fields = fields;
    this.columns = columns;
    this.nulls = fields.map(({ type }) =>
      type.nullable === true ? new Uint8Array(rows) : undefined,
    );
  }

  /** For the rows of a coder; undefined where it encodes other things, or fields of other kinds. */
  static of(coder: Coder<unknown>, rows: number): RowColumns | undefined {
    if (!(coder instanceof RowCoder)) return undefined;
    const { fields } = coder.schema;
    const columns: Column[] = [];
    for (const [i, { type, position = i, isOptional }] of fields.entries()) {
      const column = columnOf(type, rows);
      if (column === undefined || position !== i || isOptional === true) return undefined;
      columns.push(column);
    }
    return new RowColumns(fields, columns, rows);
  }

  /** Takes the encoding of a row; false where it can't be kept. */
  read(row: number, input: ByteReader): boolean {
    const { columns, nulls } = this;
    if (input.readVarint() !== columns.length) return false;
    const nullBytes = input.readLength();
    const flags = input.take(nullBytes);
    for (let i = 0; i < columns.length; i++) {
      const byte = i >> 3 < nullBytes ? (input.buffer[flags + (i >> 3)] as number) : 0;
      if (((byte >> (i & 7)) & 1) === 1) {
        const ofField = nulls[i];
        if (ofField === undefined) return false;
        ofField[row] = 1;
      } else if (!(columns[i] as Column).read(row, input)) return false;
    }
    return true;
  }

  /** What it keeps, in bytes. */
  get size(): number {
    const sizes = [
      ...this.columns.map(({ size }) => size),
      ...this.nulls.map((each) => each?.length ?? 0),
    ];
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** How rows are made of it: none is added any more. */
  finish(): (row: number) => unknown {
    const bindings: Record<string, unknown> = {};
    const parts = this.columns.map((column, i) => {
      const { values, source } = column.finish();
      bindings[`c${i}`] = values;
      const ofField = this.nulls[i];
      const value = source(`c${i}`);
      if (ofField !== undefined) bindings[`n${i}`] = ofField;
      const all = ofField === undefined ? value : `n${i}[i] === 1 ? null : ${value}`;
      return `${propertyKey((this.fields[i] as RowField).name)}: ${all}`;
    });
    return specialise(bindings, `(i) => ({ ${parts.join(", ")} })`);
  }
}

function columnOf(type: FieldType, rows: number): Column | undefined {
  if (type.kind !== "atomic") return undefined;
  const coder = () => fieldCoder(type, noRows);
  switch (type.type) {
    case "string": {
      const texts = new TextColumn(rows);
      return {
        read: (row, input) => texts.read(row, input),
        get size() {
          return texts.size;
        },
        finish: () => ({ values: texts.finish(), source: (name) => `${name}.at(i)` }),
      };
    }
    case "byte":
    case "int16":
    case "int32":
      return numbers(new Int32Array(rows), coder());
    case "int64":
    case "float":
    case "double":
      return numbers(new Float64Array(rows), coder());
    case "boolean":
      return flags(new Uint8Array(rows), coder());
    case "bytes":
      return undefined;
  }
}

function numbers(values: Int32Array | Float64Array, coder: FieldCoder): Column {
  return {
    read(row, input) {
      const value = coder.decode(input);
      // Integers beyond what numbers are exact for are bigints.
      if (typeof value !== "number") return false;
      values[row] = value;
      return true;
    },
    size: values.byteLength,
    finish: () => ({ values, source: (name) => `${name}[i]` }),
  };
}

function flags(values: Uint8Array, coder: FieldCoder): Column {
  return {
    read(row, input) {
      values[row] = coder.decode(input) === true ? 1 : 0;
      return true;
    },
    size: values.byteLength,
    finish: () => ({ values, source: (name) => `${name}[i] === 1` }),
  };
}

function noRows(): never {
  throw new TypeError("a field of this kind has no column");
}
