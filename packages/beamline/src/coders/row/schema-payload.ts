import { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import { readUtf8, writeUtf8 } from "../../bytes/strings.js";
import { corruptBytes } from "../coder-errors.js";
import { ATOMIC_TYPES, type FieldType, type RowField, type RowSchema } from "./row-schema.js";

/*
 * Beam's `Schema` message (org.apache.beam.model.pipeline.v1), by hand: coders know no protos. What
 * is not listed here is skipped when it is read.
 */

const LENGTH = 2;
const SCHEMA = { fields: 1, id: 2, encodingPositionsSet: 4 } as const;
const FIELD = { name: 1, type: 3, encodingPosition: 5, options: 6 } as const;
const TYPE = { nullable: 1, atomic: 2, array: 3, iterable: 4, map: 5, row: 6, logical: 7 } as const;
const LOGICAL = { urn: 1, representation: 3, argumentType: 4, argument: 5 } as const;
const OPTIONAL = "beamline:optional:v1";

/** The payload of a row coder. */
export function encodeSchema(schema: RowSchema): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(256);
  writeSchema(schema, out);
  return out.toBytes();
}

/** The schema in a row coder's payload. */
export function decodeSchema(payload: Uint8Array): RowSchema {
  return readSchema(payload);
}

function writeSchema({ fields, id }: RowSchema, out: ByteWriter): void {
  const isPlaced = fields.some(({ position }) => position !== undefined);
  for (const [i, field] of fields.entries()) {
    message(out, SCHEMA.fields, () => writeField(field, isPlaced ? (field.position ?? i) : 0, out));
  }
  if (id !== undefined) text(out, SCHEMA.id, id);
  if (isPlaced) number(out, SCHEMA.encodingPositionsSet, 1);
}

function writeField({ name, type, isOptional }: RowField, position: number, out: ByteWriter): void {
  text(out, FIELD.name, name);
  message(out, FIELD.type, () => writeType(type, out));
  number(out, FIELD.encodingPosition, position);
  if (isOptional === true) message(out, FIELD.options, () => writeFlag(OPTIONAL, out));
}

/** An option that is true: Java's SDK refuses options without type and value. */
function writeFlag(name: string, out: ByteWriter): void {
  text(out, 1, name);
  message(out, 2, () => number(out, TYPE.atomic, ATOMIC_TYPES.indexOf("boolean") + 1));
  // FieldValue.atomic_value.boolean
  message(out, 3, () => message(out, 1, () => number(out, 8, 1)));
}

function writeType(type: FieldType, out: ByteWriter): void {
  number(out, TYPE.nullable, type.nullable === true ? 1 : 0);
  switch (type.kind) {
    case "atomic":
      number(out, TYPE.atomic, ATOMIC_TYPES.indexOf(type.type) + 1);
      return;
    case "array":
    case "iterable":
      message(out, TYPE[type.kind], () => message(out, 1, () => writeType(type.element, out)));
      return;
    case "map":
      message(out, TYPE.map, () => {
        message(out, 1, () => writeType(type.key, out));
        message(out, 2, () => writeType(type.value, out));
      });
      return;
    case "row":
      message(out, TYPE.row, () => message(out, 1, () => writeSchema(type.schema, out)));
      return;
    case "logical":
      message(out, TYPE.logical, () => {
        text(out, LOGICAL.urn, type.urn);
        message(out, LOGICAL.representation, () => writeType(type.representation, out));
        const { argument } = type;
        if (argument === undefined) return;
        message(out, LOGICAL.argumentType, () => number(out, TYPE.atomic, 3));
        // FieldValue.atomic_value.int32
        message(out, LOGICAL.argument, () => message(out, 1, () => number(out, 3, argument)));
      });
  }
}

function number(out: ByteWriter, field: number, value: number): void {
  if (value === 0) return;
  out.writeVarint(field * 8);
  out.writeVarint(value);
}

function text(out: ByteWriter, field: number, value: string): void {
  message(out, field, () => writeUtf8(value, out));
}

function message(out: ByteWriter, field: number, write: () => void): void {
  out.writeVarint(field * 8 + LENGTH);
  const start = out.position;
  write();
  out.insertLength(start);
}

interface Part {
  readonly field: number;
  readonly value: number;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** The fields of a message in the order in which they stand. */
function* partsOf(bytes: Uint8Array): Iterable<Part> {
  const reader = new ByteReader(bytes);
  while (reader.remaining > 0) {
    const tag = reader.readVarint();
    const field = tag >>> 3;
    switch (tag & 7) {
      case 0:
        yield { field, value: Number(reader.readVarint64()), bytes: NOTHING };
        break;
      case 1:
        reader.readBytes(8);
        break;
      case LENGTH:
        yield { field, value: 0, bytes: reader.readBytes(reader.readLength()) };
        break;
      case 5:
        reader.readBytes(4);
        break;
      default:
        throw corruptBytes("the schema of a row", `it has a field of wire type ${tag & 7}`);
    }
  }
}

function readSchema(bytes: Uint8Array): RowSchema {
  const fields: RowField[] = [];
  let id: string | undefined;
  let isPlaced = false;
  for (const part of partsOf(bytes)) {
    if (part.field === SCHEMA.fields) fields.push(readField(part.bytes));
    else if (part.field === SCHEMA.id) id = readText(part.bytes);
    else if (part.field === SCHEMA.encodingPositionsSet) isPlaced = part.value !== 0;
  }
  const placed = isPlaced ? fields : fields.map(({ position: _, ...field }) => field);
  return id === undefined ? { fields: placed } : { fields: placed, id };
}

function readField(bytes: Uint8Array): RowField {
  let name = "";
  let type: FieldType | undefined;
  let position = 0;
  let isOptional = false;
  for (const part of partsOf(bytes)) {
    if (part.field === FIELD.name) name = readText(part.bytes);
    else if (part.field === FIELD.type) type = readType(part.bytes);
    else if (part.field === FIELD.encodingPosition) position = part.value;
    else if (part.field === FIELD.options) isOptional ||= readName(part.bytes) === OPTIONAL;
  }
  if (type === undefined) throw corruptBytes("the schema of a row", `"${name}" has no type`);
  const field = { name, type, position };
  return isOptional ? { ...field, isOptional } : field;
}

function readType(bytes: Uint8Array): FieldType {
  let nullable = false;
  let type: FieldType | undefined;
  for (const part of partsOf(bytes)) {
    switch (part.field) {
      case TYPE.nullable:
        nullable = part.value !== 0;
        break;
      case TYPE.atomic: {
        const atomic = ATOMIC_TYPES[part.value - 1];
        if (atomic !== undefined) type = { kind: "atomic", type: atomic };
        break;
      }
      case TYPE.array:
        type = { kind: "array", element: readTypeAt(part.bytes, 1) };
        break;
      case TYPE.iterable:
        type = { kind: "iterable", element: readTypeAt(part.bytes, 1) };
        break;
      case TYPE.map:
        type = { kind: "map", key: readTypeAt(part.bytes, 1), value: readTypeAt(part.bytes, 2) };
        break;
      case TYPE.row: {
        const [schema] = [...partsOf(part.bytes)].filter(({ field }) => field === 1);
        type = { kind: "row", schema: readSchema(schema?.bytes ?? NOTHING) };
        break;
      }
      case TYPE.logical:
        type = readLogical(part.bytes);
        break;
    }
  }
  if (type === undefined) throw corruptBytes("the schema of a row", "a field has no known type");
  return nullable ? { ...type, nullable } : type;
}

function readLogical(bytes: Uint8Array): FieldType {
  let urn = "";
  let argument: number | undefined;
  for (const part of partsOf(bytes)) {
    if (part.field === LOGICAL.urn) urn = readText(part.bytes);
    else if (part.field === LOGICAL.argument) argument = readArgument(part.bytes);
  }
  const representation = readTypeAt(bytes, LOGICAL.representation);
  const type = { kind: "logical" as const, urn, representation };
  return argument === undefined ? type : { ...type, argument };
}

/** The integer in a `FieldValue`; undefined for values of other types. */
function readArgument(bytes: Uint8Array): number | undefined {
  for (const { field, bytes: atomic } of partsOf(bytes)) {
    if (field !== 1) continue;
    for (const { field: kind, value } of partsOf(atomic)) if (kind <= 4) return value;
  }
  return undefined;
}

function readTypeAt(bytes: Uint8Array, at: number): FieldType {
  for (const { field, bytes: type } of partsOf(bytes)) if (field === at) return readType(type);
  throw corruptBytes("the schema of a row", "a type lacks one of its parts");
}

function readName(bytes: Uint8Array): string {
  for (const { field, bytes: name } of partsOf(bytes)) if (field === 1) return readText(name);
  return "";
}

function readText(bytes: Uint8Array): string {
  return readUtf8(new ByteReader(bytes), bytes.length);
}
