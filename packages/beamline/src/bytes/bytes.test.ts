import { describe, expect, it } from "vitest";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import { readUtf8, writeUtf8WithLength } from "./strings.js";

function written(write: (out: ByteWriter) => void, capacity = 1): Uint8Array {
  const out = new ByteWriter(capacity);
  write(out);
  return out.toBytes();
}

const INTEGERS = [
  0,
  1,
  127,
  128,
  16_383,
  16_384,
  2 ** 28 - 1,
  2 ** 28,
  2 ** 31,
  2 ** 35 + 5,
  2 ** 49 - 1,
  2 ** 49,
  Number.MAX_SAFE_INTEGER,
];

describe("ByteWriter and ByteReader", () => {
  it("give back every kind of value, however often the buffer had to grow", () => {
    const out = new ByteWriter(1);
    out.writeByte(255);
    out.writeBytes(Uint8Array.of(1, 2, 3));
    out.writeInt32(-2);
    out.writeFloat32(0.5);
    out.writeFloat64(Math.PI);
    const input = new ByteReader(out.toBytes());
    expect(input.readByte()).toBe(255);
    expect([...input.readBytes(3)]).toEqual([1, 2, 3]);
    expect(input.readInt32()).toBe(-2);
    expect(input.readFloat32()).toBe(0.5);
    expect(input.readFloat64()).toBe(Math.PI);
    expect(input.remaining).toBe(0);
  });

  it("give back varints as numbers and as bigints, in the same bytes", () => {
    for (const integer of INTEGERS.flatMap((n) => [n, -n, n - 1, 1 - n])) {
      const bytes = written((out) => out.writeVarint(integer));
      expect(written((out) => out.writeVarint64(BigInt(integer)))).toEqual(bytes);
      expect(new ByteReader(bytes).readVarint()).toBe(integer === 0 ? 0 : integer);
      expect(new ByteReader(bytes).readVarint64()).toBe(BigInt(integer));
    }
  });

  it("refuse numbers that a varint or a number does not hold exactly", () => {
    const out = new ByteWriter();
    expect(() => out.writeVarint(2 ** 53)).toThrow("outside ±(2^53 - 1)");
    expect(() => out.writeVarint(1.5)).toThrow("not an integer");
    expect(() => out.writeVarint(Number.NaN)).toThrow("not an integer");
    for (const integer of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)]) {
      const bytes = written((o) => o.writeVarint64(integer));
      expect(() => new ByteReader(bytes).readVarint()).toThrow("use the varint64 coder");
      expect(new ByteReader(bytes).readVarint64()).toBe(integer);
    }
  });

  it("refuse varints that are cut or too long", () => {
    const cut = Uint8Array.of(0x80, 0x80);
    const long = new Uint8Array(11).fill(0x80);
    for (const read of [
      (bytes: Uint8Array) => new ByteReader(bytes).readVarint(),
      (bytes: Uint8Array) => new ByteReader(bytes).readVarint64(),
    ]) {
      expect(() => read(cut)).toThrow(expect.objectContaining({ code: "TRUNCATED_BYTES" }));
      expect(() => read(long)).toThrow(expect.objectContaining({ code: "CORRUPT_BYTES" }));
    }
  });

  it("refuse to read past the end, also inside a larger buffer", () => {
    const input = new ByteReader(new Uint8Array(16), 2, 5);
    expect(() => input.readFloat64()).toThrow(expect.objectContaining({ code: "TRUNCATED_BYTES" }));
    expect(() => input.readInt32()).toThrow(expect.objectContaining({ code: "TRUNCATED_BYTES" }));
    expect(() => input.readBytes(4)).toThrow(expect.objectContaining({ code: "TRUNCATED_BYTES" }));
    expect(input.readBytes(3).length).toBe(3);
    expect(() => input.readByte()).toThrow(expect.objectContaining({ code: "TRUNCATED_BYTES" }));
  });

  it("follow when somebody gives them another buffer", () => {
    const out = new ByteWriter();
    out.writeInt32(1);
    const first = out.buffer;
    out.buffer = Buffer.alloc(64);
    out.reset();
    out.writeInt32(2);
    const input = new ByteReader(first);
    expect(input.readInt32()).toBe(1);
    input.buffer = out.buffer;
    input.position = 0;
    expect(input.readInt32()).toBe(2);
  });

  it("refuse lengths beyond what is left, before reserving memory for them", () => {
    const bytes = written((out) => out.writeVarint(2 ** 40));
    expect(() => new ByteReader(bytes).readLength()).toThrow("1099511627776 more bytes expected");
    const negative = written((out) => out.writeVarint(-1));
    expect(() => new ByteReader(negative).readLength()).toThrow("Cannot decode");
  });

  it("insertLength puts the length before what was written", () => {
    for (const size of [0, 1, 127, 128, 20_000]) {
      const bytes = written((out) => {
        out.writeByte(9);
        const start = out.position;
        out.writeBytes(new Uint8Array(size).fill(7));
        out.insertLength(start);
      });
      const input = new ByteReader(bytes, 1);
      expect(input.readLength()).toBe(size);
      expect(input.readBytes(size).every((byte) => byte === 7)).toBe(true);
      expect(input.remaining).toBe(0);
    }
  });

  it("toBytes gives a plain copy that later writes leave alone", () => {
    const out = new ByteWriter();
    out.writeByte(1);
    const bytes = out.toBytes();
    out.reset();
    out.writeByte(2);
    expect(bytes).toEqual(Uint8Array.of(1));
    expect(bytes.buffer.byteLength).toBe(1);
  });
});

describe("UTF-8 strings", () => {
  it("come back for every length around the limits of the fast paths", () => {
    for (let length = 0; length <= 140; length++) {
      for (const unit of ["a", "é", "線", "😀", "\ufeff", "\ufffd"]) {
        const text = `${"x".repeat(length)}${length % 2 === 0 ? unit : ""}y`;
        const bytes = written((out) => writeUtf8WithLength(text, out));
        const input = new ByteReader(bytes);
        expect(readUtf8(input, input.readLength())).toBe(text);
        expect(input.remaining).toBe(0);
        expect(Buffer.from(bytes).subarray(-Buffer.byteLength(text))).toEqual(Buffer.from(text));
      }
    }
  });

  it("come back when their prefix grows because their bytes are more than their characters", () => {
    for (const text of ["é".repeat(64), "線".repeat(50), "é".repeat(9000), "線".repeat(5500)]) {
      const input = new ByteReader(written((out) => writeUtf8WithLength(text, out)));
      expect(readUtf8(input, input.readLength())).toBe(text);
    }
  });

  it("refuse lone surrogates and bytes that are not UTF-8", () => {
    for (const text of ["\ud800", `${"a".repeat(50)}\udfff`]) {
      expect(() => written((out) => writeUtf8WithLength(text, out))).toThrow(
        expect.objectContaining({ code: "CANNOT_ENCODE" }),
      );
    }
    const bytes = Uint8Array.of(0x61, 0xff, 0x62);
    expect(() => readUtf8(new ByteReader(bytes), 3)).toThrow("not UTF-8");
  });
});
