import { type AvroNames, type AvroSchema, isObject, kindOf, logicalTypeOf } from "./avro-schema.js";
import { AS_IS, type FromAvro, toDate, toDecimal } from "./decode-values.js";

/**
 * Turns what avsc decodes into plain values by the file's schema alone: dates and timestamps are
 * Dates, decimals strings, maps and records objects.
 */
export function naturalDecoding(schema: AvroSchema, names: AvroNames): FromAvro {
  return new Natural(names).of(schema);
}

class Natural {
  private readonly names: AvroNames;
  /** Of records: they may hold themselves. */
  private readonly records = new Map<AvroSchema, FromAvro>();

  constructor(names: AvroNames) {
    this.names = names;
  }

  of(schema: AvroSchema): FromAvro {
    const resolved = this.names.resolve(schema);
    if (Array.isArray(resolved)) return this.union(resolved as readonly AvroSchema[]);
    const logical = logicalTypeOf(resolved);
    if (logical === "decimal") return toDecimal(resolved) ?? AS_IS;
    const date = toDate(resolved);
    if (date !== undefined) return date;
    if (!isObject(resolved)) return kindOf(resolved) === "bytes" ? copy : AS_IS;
    switch (resolved.type) {
      case "bytes":
      case "fixed":
        return copy;
      case "array": {
        const item = this.of(resolved.items ?? "null");
        return (value) => (value as unknown[]).map(item);
      }
      case "map": {
        const held = this.of(resolved.values ?? "null");
        return (value) =>
          Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, held(v)]));
      }
      case "record":
      case "error":
        return this.record(resolved);
      default:
        return AS_IS;
    }
  }

  private record(schema: AvroSchema): FromAvro {
    const known = this.records.get(schema);
    if (known !== undefined) return known;
    const parts: (readonly [string, FromAvro])[] = [];
    const decode: FromAvro = (value) => {
      const record = value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(parts.map(([name, part]) => [name, part(record[name])]));
    };
    this.records.set(schema, decode);
    for (const { name, type } of isObject(schema) ? (schema.fields ?? []) : []) {
      parts.push([name, this.of(type)]);
    }
    return decode;
  }

  private union(branches: readonly AvroSchema[]): FromAvro {
    const present = branches.filter((branch) => branch !== "null");
    const [only, second] = present;
    if (only === undefined) return AS_IS;
    const decode = this.of(only);
    if (second === undefined) return (value) => (value === null ? null : decode(value));
    // Which type a value has is clear for those that are objects alone; others are as they are.
    const objects = present.filter((branch) => typeof this.names.resolve(branch) === "object");
    const [object, another] = objects;
    const decodeObject = object !== undefined && another === undefined ? this.of(object) : AS_IS;
    return (value) => {
      if (typeof value !== "object" || value === null) return value;
      return value instanceof Uint8Array ? copy(value) : decodeObject(value);
    };
  }
}

function copy(value: unknown): Uint8Array {
  return new Uint8Array(value as Uint8Array);
}
