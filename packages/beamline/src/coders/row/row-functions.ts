import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { readUtf8, writeUtf8WithLength } from "../../bytes/strings.js";
import { BeamlineError, isBeamlineError } from "../../model/errors.js";
import { propertyAccess, propertyKey, specialise } from "../../model/specialise.js";
import { cannotEncode } from "../coder-errors.js";
import type { FieldCoder } from "./field-codec.js";
import { int64 } from "./numbers.js";
import type { RowField } from "./row-schema.js";

/** A field and what encodes it. */
export interface Column extends RowField {
  readonly coder: FieldCoder;
}

export type EncodeRow = (row: Readonly<Record<string, unknown>>, out: ByteWriter) => void;
export type DecodeRow = (input: ByteReader) => Record<string, unknown>;

/**
 * Writes the rows of one schema: code made for it, in which each property has a place of its own.
 * Going through the columns in a loop takes several times as long, because V8 then looks each
 * property up by its name.
 *
 * @param columns - In the order in which they are encoded.
 */
export function rowEncoder(columns: readonly Column[]): EncodeRow {
  const names = columns.map(({ name }) => name);
  const read = columns.map(({ name }, i) => `const v${i} = row${propertyAccess(name)};`);
  const required = columns.flatMap(({ type }, i) =>
    type.nullable === true ? [] : [`if (${isNull(i)}) throw nullField(v${i}, names[${i}]);`],
  );
  const fields = columns.map(({ type }, i) => {
    const write = writeSource(columns, i);
    return `at = ${i}; ${type.nullable === true ? `if (!(${isNull(i)})) { ${write} }` : write}`;
  });
  const source = `(row, out) => {
    ${read.join("\n")}
    ${required.join("\n")}
    out.writeVarint(${columns.length});
    ${writeNulls(columns)}
    let at = 0;
    try { ${fields.join("\n")} } catch (cause) { throw inField(names[at], cause); }
  }`;
  return specialise<EncodeRow>({ ...bindingsOf(columns), names, nullField, inField }, source);
}

/** Reads rows of which all fields are there and none is null, in the order of the schema. */
export function rowDecoder(columns: readonly Column[]): DecodeRow {
  const fields = columns.map((_, i) => {
    const { name } = columns[i] as Column;
    return `${propertyKey(name)}: ${readSource(columns, i)}`;
  });
  return specialise<DecodeRow>(bindingsOf(columns), `(input) => ({ ${fields.join(", ")} })`);
}

/** Names for the coder of each column, and for those whose few instructions V8 can put in place. */
function bindingsOf(columns: readonly Column[]): Record<string, unknown> {
  const coders = columns.map(({ coder }, i) => [`c${i}`, coder] as const);
  return { ...Object.fromEntries(coders), readUtf8, writeUtf8WithLength, int64 };
}

/** A bit for each field, the first one lowest; bytes of zeros at the end are left out. */
function writeNulls(columns: readonly Column[]): string {
  const bytes: string[] = [];
  for (let at = 0; at < columns.length; at += 8) {
    const bits = columns
      .slice(at, at + 8)
      .flatMap(({ type }, bit) =>
        type.nullable === true ? [`(${isNull(at + bit)} ? ${1 << bit} : 0)`] : [],
      );
    bytes.push(bits.length === 0 ? "0" : bits.join(" | "));
  }
  while (bytes.at(-1) === "0") bytes.pop();
  const lines = bytes.map((byte, i) => `const n${i} = ${byte};`);
  const lengths = bytes.map((_, i) => `n${i} !== 0 ? ${i + 1}`).toReversed();
  const writes = bytes.map((_, i) => `if (nulls > ${i}) out.writeByte(n${i});`);
  return `${lines.join(" ")}
    const nulls = ${[...lengths, "0"].join(" : ")};
    out.writeVarint(nulls);
    ${writes.join(" ")}`;
}

function isNull(i: number): string {
  return `v${i} === null || v${i} === undefined`;
}

function writeSource(columns: readonly Column[], i: number): string {
  const other = `c${i}.encode(v${i}, out);`;
  switch (atomOf(columns[i])) {
    case "string":
      return `if (typeof v${i} === "string") writeUtf8WithLength(v${i}, out); else ${other}`;
    case "double":
      return `if (typeof v${i} === "number") out.writeFloat64(v${i}); else ${other}`;
    case "int64":
      return `if (Number.isSafeInteger(v${i})) out.writeVarint(v${i}); else ${other}`;
    default:
      return other;
  }
}

function readSource(columns: readonly Column[], i: number): string {
  switch (atomOf(columns[i])) {
    case "string":
      return "readUtf8(input, input.readLength())";
    case "double":
      return "input.readFloat64()";
    case "int64":
      return "int64.decode(input)";
    default:
      return `c${i}.decode(input)`;
  }
}

function atomOf(column: Column | undefined): string | undefined {
  return column?.type.kind === "atomic" ? column.type.type : undefined;
}

function nullField(value: unknown, name: string): BeamlineError {
  return cannotEncode(value, `what the field "${name}" holds: it is not nullable`, "row");
}

function inField(name: string, cause: unknown): unknown {
  if (!isBeamlineError(cause)) return cause;
  return new BeamlineError(cause.code, `In the field "${name}": ${cause.message}`, {
    cause,
    origin: cause.origin,
  });
}
