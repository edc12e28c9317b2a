import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { cannotEncode, corruptBytes } from "../coder-errors.js";
import type { FieldCoder } from "./field-codec.js";

/** A `Map`: the number of entries (four bytes), then key and value of each. */
export class MapCoder implements FieldCoder {
  /** Equal maps may have their entries in another order. */
  readonly deterministic = false;
  private readonly key: FieldCoder;
  private readonly value: FieldCoder;

  constructor(key: FieldCoder, value: FieldCoder) {
    this.key = key;
    this.value = value;
  }

  encode(map: unknown, out: ByteWriter): void {
    if (!(map instanceof Map)) throw cannotEncode(map, "a Map", "row");
    out.writeInt32(map.size);
    for (const [key, value] of map) {
      this.key.encode(key, out);
      this.value.encode(value, out);
    }
  }

  decode(input: ByteReader): Map<unknown, unknown> {
    const count = input.readInt32();
    if (count < 0) throw corruptBytes("a map in a row", `it has ${count} entries`);
    const map = new Map<unknown, unknown>();
    for (let i = 0; i < count; i++) {
      const key = this.key.decode(input);
      map.set(key, this.value.decode(input));
    }
    return map;
  }
}

/** The same with the properties of an object. */
export function recordOf(map: FieldCoder): FieldCoder {
  return {
    deterministic: false,
    encode(record: unknown, out) {
      if (typeof record !== "object" || record === null || Array.isArray(record)) {
        throw cannotEncode(record, "an object", "row");
      }
      map.encode(new Map(Object.entries(record)), out);
    },
    decode: (input) => Object.fromEntries(map.decode(input) as Map<string, unknown>),
  };
}
