import { compressors } from "hyparquet-compressors";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import { describe, expect, test } from "vitest";
import { SnappyPacker } from "./snappy-pack.js";
import { snappyUnpack } from "./snappy-unpack.js";

/** Bytes of few values, from a seed: they repeat now and then. */
function someBytes(length: number, values: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 16) % values;
  });
}

const INPUTS: readonly Uint8Array[] = [
  ...[0, 1, 14, 15, 16, 17, 59, 60, 61, 62, 255, 256, 257, 300].map((n) => someBytes(n, 3, n)),
  ...[65_535, 65_536, 65_537, 200_000].flatMap((n) => [2, 17, 256].map((v) => someBytes(n, v, n))),
  new Uint8Array(150_000),
  Buffer.from("a sentence that comes again; ".repeat(100)),
];

describe("SnappyPacker", () => {
  test("makes what others unpack", () => {
    const packer = new SnappyPacker();
    for (const input of INPUTS) {
      const packed = packer.pack(input);
      expect(Buffer.compare(snappyUnpack(packed), input)).toBe(0);
      const others = compressors.SNAPPY?.(packed, input.length) ?? new Uint8Array();
      expect(Buffer.compare(others, input)).toBe(0);
    }
  });

  test("packs what repeats, and adds little to what does not", () => {
    const packer = new SnappyPacker();
    expect(packer.pack(new Uint8Array(100_000)).length).toBeLessThan(6000);
    expect(packer.pack(someBytes(100_000, 256, 1)).length).toBeLessThan(100_100);
  });
});

describe("snappyUnpack", () => {
  test("unpacks what others pack", () => {
    for (const input of INPUTS) {
      expect(Buffer.compare(snappyUnpack(snappyCompress(input)), input)).toBe(0);
    }
  });

  test("refuses what is damaged or cut off, whatever byte it is", () => {
    const packed = new SnappyPacker().pack(someBytes(2000, 3, 1));
    for (let length = 0; length < packed.length; length += 7) {
      expect(() => snappyUnpack(packed.subarray(0, length))).toThrow();
    }
    for (let at = 0; at < packed.length; at += 3) {
      const changed = packed.slice();
      changed[at] = 0xff;
      try {
        expect(snappyUnpack(changed).length).toBeLessThan(1e6);
      } catch (error) {
        expect(String(error)).toMatch(/it is not what Snappy packs|larger than it can be/);
      }
    }
  });
});
