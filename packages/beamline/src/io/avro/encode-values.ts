import { BeamlineError } from "../../model/errors.js";
import { unscaledFrom } from "../parquet/decimals.js";
import {
  type AvroNames,
  type AvroObject,
  type AvroSchema,
  isObject,
  kindOf,
  logicalTypeOf,
} from "./avro-schema.js";

/** Turns what a row holds into what avsc encodes. */
export type ToAvro = (value: unknown) => unknown;

const AS_IS: ToAvro = (value) => value;

const MILLIS: Readonly<Record<string, (millis: number) => number | bigint>> = {
  date: (millis) => Math.floor(millis / 86_400_000),
  "timestamp-millis": (millis) => millis,
  "local-timestamp-millis": (millis) => millis,
  "timestamp-micros": (millis) => millis * 1000,
  "local-timestamp-micros": (millis) => millis * 1000,
  "timestamp-nanos": (millis) => BigInt(millis) * 1_000_000n,
  "local-timestamp-nanos": (millis) => BigInt(millis) * 1_000_000n,
};

/** Makes the functions that take rows over into values of an Avro schema. */
export class AvroEncoding {
  private readonly names: AvroNames;
  /** Of records: they may hold themselves. */
  private readonly records = new Map<AvroSchema, ToAvro>();

  constructor(names: AvroNames) {
    this.names = names;
  }

  of(schema: AvroSchema): ToAvro {
    const resolved = this.names.resolve(schema);
    if (Array.isArray(resolved)) return this.union(resolved as readonly AvroSchema[]);
    const logical = logicalTypeOf(resolved);
    const fromMillis = MILLIS[logical ?? ""];
    if (fromMillis !== undefined) return (value) => fromDate(value, fromMillis);
    if (logical === "decimal" && isObject(resolved)) return decimal(resolved);
    switch (kindOf(resolved)) {
      case "long":
        return (value) =>
          typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
      case "bytes":
      case "fixed":
        return (value) =>
          value instanceof Uint8Array && !Buffer.isBuffer(value) ? bufferOf(value) : value;
      case "array":
        return this.array(resolved as AvroObject);
      case "map":
        return this.map(resolved as AvroObject);
      case "record":
      case "error":
        return this.record(resolved as AvroObject);
      default:
        return AS_IS;
    }
  }

  private array({ items = "null" }: AvroObject): ToAvro {
    const item = this.of(items);
    return (value) => (isIterable(value) ? Array.from(value, item) : value);
  }

  private map({ values = "null" }: AvroObject): ToAvro {
    const held = this.of(values);
    return (value) => {
      if (typeof value !== "object" || value === null) return value;
      const entries = value instanceof Map ? [...value] : Object.entries(value);
      return Object.fromEntries(entries.map(([key, each]) => [key, held(each)]));
    };
  }

  private record(schema: AvroObject): ToAvro {
    const known = this.records.get(schema);
    if (known !== undefined) return known;
    const parts: (readonly [name: string, encode: ToAvro, fallback: unknown])[] = [];
    const encode: ToAvro = (value) => {
      if (typeof value !== "object" || value === null) return value;
      const row = value as Readonly<Record<string, unknown>>;
      const record: Record<string, unknown> = {};
      for (const [name, part, fallback] of parts) {
        const held = row[name];
        record[name] = held === undefined ? fallback : part(held);
      }
      return record;
    };
    this.records.set(schema, encode);
    for (const { name, type, default: fallback } of schema.fields ?? []) {
      parts.push([name, this.of(type), fallback]);
    }
    return encode;
  }

  /** Where avsc wants to be told which type a value has, it is the one whose name the row gives. */
  private union(branches: readonly AvroSchema[]): ToAvro {
    const present = branches.filter((branch) => branch !== "null");
    const [only, second] = present;
    if (only === undefined || second !== undefined) return AS_IS;
    const encode = this.of(only);
    return (value) => (value === null || value === undefined ? null : encode(value));
  }
}

function fromDate(value: unknown, convert: (millis: number) => number | bigint): unknown {
  if (!(value instanceof Date)) return value;
  const millis = value.getTime();
  return Number.isNaN(millis) ? Number.NaN : convert(millis);
}

function decimal({ type, size, precision = 0, scale = 0 }: AvroObject): ToAvro {
  return (value) => {
    const bytes = signedBytes(unscaledFrom(value, { precision, scale }));
    if (type !== "fixed" || size === undefined) return bytes;
    if (bytes.length > size) {
      throw new BeamlineError("OUT_OF_RANGE", `${String(value)} does not fit into ${size} bytes`);
    }
    const fixed = Buffer.alloc(size, (bytes[0] ?? 0) & 0x80 ? 0xff : 0);
    bytes.copy(fixed, size - bytes.length);
    return fixed;
  };
}

/** Big-endian, as few bytes as hold the sign bit, too. */
function signedBytes(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 8n) {
    const byte = Number(BigInt.asUintN(8, rest));
    bytes.unshift(byte);
    const after = rest >> 8n;
    if ((after === 0n && byte < 0x80) || (after === -1n && byte >= 0x80)) return Buffer.from(bytes);
  }
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
