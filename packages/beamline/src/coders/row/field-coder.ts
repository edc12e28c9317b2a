import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { bool } from "../bool.js";
import { bytes } from "../bytes.js";
import type { Coder } from "../coder.js";
import { cannotEncode, corruptBytes } from "../coder-errors.js";
import { double } from "../double.js";
import { iterable } from "../iterable.js";
import { nullable } from "../nullable.js";
import { stringUtf8 } from "../string-utf8.js";
import { varint64 } from "../varint.js";
import { decimal } from "./decimal.js";
import type { FieldCoder } from "./field-codec.js";
import { instant } from "./instant.js";
import { MapCoder, recordOf } from "./map-coder.js";
import { float, int8, int16, int32, int64 } from "./numbers.js";
import {
  type AtomicType,
  type FieldType,
  type LogicalType,
  logicalTypeUrns,
} from "./row-schema.js";

/** Makes the coder of a nested row. */
export type RowCoderFactory = (type: Extract<FieldType, { kind: "row" }>["schema"]) => FieldCoder;

const ATOMIC = {
  byte: int8,
  int16,
  int32,
  int64,
  float,
  double,
  string: stringUtf8,
  boolean: bool,
  bytes,
} as unknown as Readonly<Record<AtomicType, FieldCoder>>;

export function fieldCoder(type: FieldType, rowCoder: RowCoderFactory): FieldCoder {
  switch (type.kind) {
    case "atomic":
      return ATOMIC[type.type];
    case "array":
    case "iterable":
      return iterable(itemCoder(type.element, rowCoder)) as FieldCoder;
    case "map":
      return new MapCoder(itemCoder(type.key, rowCoder), itemCoder(type.value, rowCoder));
    case "row":
      return rowCoder(type.schema);
    case "logical":
      return logicalCoder(type, rowCoder);
  }
}

/** Of a part of an array or map, which says by itself whether it is null. */
function itemCoder(type: FieldType, rowCoder: RowCoderFactory): Coder<unknown> {
  const coder = fieldCoder(type, rowCoder) as Coder<unknown>;
  return type.nullable === true ? (nullable(coder) as Coder<unknown>) : coder;
}

/** Types that are not known here are what they are encoded as. */
function logicalCoder(type: LogicalType, rowCoder: RowCoderFactory): FieldCoder {
  const { urn, representation, argument } = type;
  const plain = () => fieldCoder(representation, rowCoder);
  switch (urn) {
    case logicalTypeUrns.millisInstant:
      return instant;
    case logicalTypeUrns.decimal:
      return decimal;
    case logicalTypeUrns.bigint:
      return varint64 as FieldCoder;
    case logicalTypeUrns.record:
      return recordOf(plain());
    case logicalTypeUrns.fixedChar:
    case logicalTypeUrns.fixedBytes:
      return sized(plain(), (length) => length === argument, `of length ${argument}`);
    case logicalTypeUrns.varChar:
    case logicalTypeUrns.varBytes:
      return sized(plain(), (length) => length <= (argument ?? 0), `of at most ${argument}`);
    default:
      return plain();
  }
}

function sized(coder: FieldCoder, fits: (length: number) => boolean, words: string): FieldCoder {
  return {
    deterministic: coder.deterministic,
    encode(value: unknown, out: ByteWriter) {
      const { length } = value as { readonly length: number };
      if (!fits(length)) throw cannotEncode(value, words, "row");
      coder.encode(value, out);
    },
    decode(input: ByteReader) {
      const value = coder.decode(input);
      const { length } = value as { readonly length: number };
      if (!fits(length))
        throw corruptBytes("a field of a row", `its length is ${length}, not ${words}`);
      return value;
    },
  };
}
