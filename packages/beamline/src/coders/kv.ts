import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import type { Coder } from "./coder.js";
import { cannotEncode } from "./coder-errors.js";
import { decodeOuter, encodeOuter } from "./contexts.js";

/** The coder of `[K, V]` tuples, which keeps its components at hand. */
export class KvCoder<K, V> implements Coder<[K, V]> {
  readonly urn = "beam:coder:kv:v1";
  readonly components: readonly [Coder<unknown>, Coder<unknown>];
  readonly deterministic: boolean;
  readonly key: Coder<K>;
  readonly value: Coder<V>;

  constructor(key: Coder<K>, value: Coder<V>) {
    this.key = key;
    this.value = value;
    this.components = [key, value];
    this.deterministic = key.deterministic && value.deterministic;
  }

  encode(pair: [K, V], out: ByteWriter): void {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw cannotEncode(pair, "a [key, value] pair", "kv");
    this.key.encode(pair[0], out);
    this.value.encode(pair[1], out);
  }

  decode(input: ByteReader): [K, V] {
    const key = this.key.decode(input);
    return [key, this.value.decode(input)];
  }

  encodeOuter(pair: [K, V], out: ByteWriter): void {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw cannotEncode(pair, "a [key, value] pair", "kv");
    this.key.encode(pair[0], out);
    encodeOuter(this.value, pair[1], out);
  }

  decodeOuter(input: ByteReader): [K, V] {
    const key = this.key.decode(input);
    return [key, decodeOuter(this.value, input)];
  }
}

/** `[key, value]` tuples: the key's bytes, then the value's. */
export function kv<K, V>(key: Coder<K>, value: Coder<V>): KvCoder<K, V> {
  return new KvCoder(key, value);
}
