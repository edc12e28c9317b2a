import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { decodeElements, type ElementsFrame, encodeElements } from "./elements-codec.js";
import { ElementsSchema } from "./gen/fn-execution/data_pb.js";

const ROUNDS = 500;

describe("elements codec", () => {
  test("encodeElements + writes the bytes of the generated codec", () => {
    const random = randomFrom(1);
    for (let round = 0; round < ROUNDS; round++) {
      const frame = randomFrame(random);
      const expected = toBinary(ElementsSchema, create(ElementsSchema, mutable(frame)));
      expect(Buffer.compare(encodeElements(frame), expected)).toBe(0);
    }
  });

  test("decodeElements + reads what the generated codec writes", () => {
    const random = randomFrom(2);
    for (let round = 0; round < ROUNDS; round++) {
      const frame = randomFrame(random);
      const bytes = toBinary(ElementsSchema, create(ElementsSchema, mutable(frame)));
      expect(comparable(decodeElements(bytes))).toEqual(comparable(frame));
      expect(comparable(fromBinary(ElementsSchema, encodeElements(frame)))).toEqual(
        comparable(frame),
      );
    }
  });

  test("decodeElements + gives views of the frame, without a copy", () => {
    const bytes = encodeElements({ data: [segment({ data: Buffer.alloc(100, 7) })], timers: [] });
    const [decoded] = decodeElements(bytes).data;
    expect(decoded?.data.buffer).toBe(bytes.buffer);
    bytes.fill(9);
    expect(decoded?.data[50]).toBe(9);
  });

  test("decodeElements + reads a plain Uint8Array with an offset", () => {
    const bytes = encodeElements({ data: [segment({})], timers: [] });
    const padded = new Uint8Array(bytes.length + 10);
    padded.set(bytes, 5);
    expect(decodeElements(padded.subarray(5, 5 + bytes.length)).data).toHaveLength(1);
  });

  test("decodeElements + skips fields it does not know", () => {
    const data = Buffer.from([0x48, 0x96, 0x01, 0x0a, 0x01, 0x61, 0x55, 1, 2, 3, 4]);
    const unknown = Buffer.from([0x51, 1, 2, 3, 4, 5, 6, 7, 8, 0x5a, 0x02, 0xff, 0xff]);
    const bytes = Buffer.concat([unknown, Buffer.from([0x0a, data.length]), data, unknown]);
    expect(decodeElements(bytes).data).toMatchObject([{ instructionId: "a", isLast: false }]);
    expect(comparable(decodeElements(bytes))).toEqual(
      comparable(fromBinary(ElementsSchema, bytes)),
    );
  });

  test("decodeElements + says so when the bytes are cut, wherever that is", () => {
    const bytes = encodeElements({
      data: [segment({ data: Buffer.alloc(300, 1), isLast: true })],
      timers: [],
    });
    for (let end = 1; end < bytes.length; end++) {
      expect(() => decodeElements(bytes.subarray(0, end))).toThrow("Cannot decode a wire message");
    }
  });

  test("decodeElements + refuses groups, which proto3 does not have", () => {
    expect(() => decodeElements(Uint8Array.of(0x0b, 0x0c))).toThrow("wire type 3");
  });

  test("decodeElements + never reads beyond the segment it is in", () => {
    // The segment is three bytes long, but announces a string of five.
    const bytes = Uint8Array.of(0x0a, 0x03, 0x0a, 0x05, 0x61, 0x61, 0x61, 0x61, 0x61);
    expect(() => decodeElements(bytes)).toThrow("5 bytes announced");
  });

  test("encodeElements + takes 20 MB in one segment", () => {
    const data = Buffer.alloc(20 * 1024 * 1024, 3);
    const frame = { data: [segment({ data })], timers: [] };
    const [decoded] = decodeElements(encodeElements(frame)).data;
    expect(decoded?.data.length).toBe(data.length);
    expect(Buffer.compare(decoded?.data ?? Buffer.alloc(0), data)).toBe(0);
  });
});

function segment(parts: Partial<ElementsFrame["data"][number]>): ElementsFrame["data"][number] {
  return { instructionId: "i", transformId: "t", data: Buffer.alloc(0), isLast: false, ...parts };
}

/** A small linear congruential generator, so that a failure can be seen again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function randomFrame(random: () => number): ElementsFrame {
  const upTo = (limit: number): number => Math.floor(random() * limit);
  const text = (): string => {
    const alphabet = random() < 0.7 ? "abcXYZ019-/_" : "aé漢😀\u0000";
    const symbols = [...alphabet];
    const length = random() < 0.1 ? 200 : upTo(60);
    return Array.from({ length }, () => symbols[upTo(symbols.length)]).join("");
  };
  const bytes = (): Uint8Array => {
    const length = random() < 0.05 ? 20_000 + upTo(100_000) : upTo(300);
    return Buffer.alloc(length, upTo(256));
  };
  const last = (): boolean => random() < 0.3;
  return {
    data: Array.from({ length: upTo(4) }, () => ({
      instructionId: text(),
      transformId: text(),
      data: bytes(),
      isLast: last(),
    })),
    timers: Array.from({ length: upTo(3) }, () => ({
      instructionId: text(),
      transformId: text(),
      timerFamilyId: text(),
      timers: bytes(),
      isLast: last(),
    })),
  };
}

function mutable({ data, timers }: ElementsFrame) {
  return { data: [...data], timers: [...timers] };
}

/** A frame as plain values: payloads as hex, and no `$typeName`. */
function comparable({ data, timers }: ElementsFrame): unknown {
  return {
    data: data.map((d) => [d.instructionId, d.transformId, hex(d.data), d.isLast]),
    timers: timers.map((t) => [
      t.instructionId,
      t.transformId,
      t.timerFamilyId,
      hex(t.timers),
      t.isLast,
    ]),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
