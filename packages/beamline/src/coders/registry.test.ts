import { describe, expect, it } from "vitest";
import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { AtomicCoder } from "./atomic-coder.js";
import type { Coder } from "./coder.js";
import { decodeFromBytes, encodeToBytes } from "./contexts.js";
import { deterministicCoder } from "./deterministic.js";
import { double } from "./double.js";
import { globalWindow } from "./global-window.js";
import { intervalWindow } from "./interval-window.js";
import { iterable } from "./iterable.js";
import { js } from "./js.js";
import { jsKey } from "./js-key.js";
import { kv } from "./kv.js";
import { lengthPrefix } from "./length-prefix.js";
import { nullable } from "./nullable.js";
import { STANDARD_CODERS, specFromCoder } from "./registry.js";
import { stringUtf8 } from "./string-utf8.js";
import { timer } from "./timer.js";
import { varint, varint64 } from "./varint.js";
import { windowedValue } from "./windowed-value.js";

class UpperCoder extends AtomicCoder<string> {
  readonly urn = "test:coder:upper:v1";
  override readonly deterministic = false;

  encode(value: string, out: ByteWriter): void {
    stringUtf8.encode(value.toUpperCase(), out);
  }

  decode(input: ByteReader): string {
    return stringUtf8.decode(input);
  }
}

describe("CoderRegistry", () => {
  it("makes the equal of every coder from its spec", () => {
    const coders: Coder<unknown>[] = [
      kv(stringUtf8, iterable(nullable(varint64))),
      lengthPrefix(kv(jsKey, js)),
      windowedValue(double, globalWindow),
      timer(stringUtf8, intervalWindow),
    ];
    for (const coder of coders) {
      const spec = specFromCoder(coder);
      const copy = STANDARD_CODERS.coderFromSpec(JSON.parse(JSON.stringify(spec), revive));
      expect(specFromCoder(copy)).toEqual(spec);
      expect(Object.getPrototypeOf(copy)).toBe(Object.getPrototypeOf(coder));
    }
  });

  it("tells varint and varint64 apart, and reads an unmarked varint as numbers", () => {
    expect(STANDARD_CODERS.coderFromSpec(specFromCoder(varint64))).toBe(varint64);
    expect(STANDARD_CODERS.coderFromSpec(specFromCoder(varint))).toBe(varint);
    expect(specFromCoder(varint)).toEqual({ urn: "beam:coder:varint:v1", components: [] });
  });

  it("knows a user's coder after with(), without changing the registry it came from", () => {
    const upper = new UpperCoder();
    const registry = STANDARD_CODERS.with(upper.urn, () => upper);
    const spec = specFromCoder(kv(upper, varint));
    const copy = registry.coderFromSpec(spec) as Coder<[string, number]>;
    expect(decodeFromBytes(copy, encodeToBytes(copy, ["a", 1]))).toEqual(["A", 1]);
    expect(() => STANDARD_CODERS.coderFromSpec(spec)).toThrow(
      expect.objectContaining({ code: "UNKNOWN_CODER" }),
    );
  });

  it("refuses a wrong number of components", () => {
    expect(() => STANDARD_CODERS.coder("beam:coder:kv:v1", [varint])).toThrow(
      expect.objectContaining({ code: "BAD_CODER_SPEC" }),
    );
  });
});

describe("deterministicCoder", () => {
  it("replaces js by jsKey wherever it stands, and keeps what is fit already", () => {
    expect(deterministicCoder(js)).toBe(jsKey);
    expect(deterministicCoder(double)).toBe(jsKey);
    expect(deterministicCoder(stringUtf8)).toBe(stringUtf8);
    const composed = deterministicCoder(kv(stringUtf8, iterable(nullable(lengthPrefix(js)))));
    expect(composed.deterministic).toBe(true);
    expect(specFromCoder(composed)).toEqual(
      specFromCoder(kv(stringUtf8, iterable(nullable(lengthPrefix(jsKey))))),
    );
  });

  it("refuses a coder that has no deterministic form", () => {
    expect(() => deterministicCoder(kv(varint, new UpperCoder()))).toThrow(
      expect.objectContaining({ code: "NOT_A_KEY" }),
    );
  });
});

/** Payloads survive JSON as objects with numbered keys. */
function revive(key: string, value: unknown): unknown {
  return key === "payload"
    ? Uint8Array.from(Object.values(value as Record<string, number>))
    : value;
}
