import { expect, test } from "vitest";
import { type FrameCodec, openFrameCodec, PLAIN_FRAMES } from "./frame-codec.js";

const text = Buffer.from("to be or not to be, that is the question. ".repeat(100));

test.each<[string, FrameCodec]>([
  ["snappy", openFrameCodec()],
  ["none", PLAIN_FRAMES],
])("the codec %s gives back what it was given, in memory of its own", (name, codec) => {
  expect(codec.name).toBe(name);
  const packed = Buffer.from(codec.compress(Buffer.from(text)));
  const unpacked = codec.uncompress(packed);
  packed.fill(0);
  expect(unpacked.equals(text)).toBe(true);
});

test("openFrameCodec compresses text to less than half where snappy is installed", () => {
  expect(openFrameCodec().compress(text).length).toBeLessThan(text.length / 2);
});

test("openFrameCodec does without compression where the package is missing", () => {
  const codec = openFrameCodec(() => {
    throw new Error("Cannot find module");
  });
  expect(codec.name).toBe("none");
  expect(codec.uncompress(Buffer.from(codec.compress(text))).equals(text)).toBe(true);
});

test("openFrameCodec loads nothing before there is a frame", () => {
  const loaded: string[] = [];
  const codec = openFrameCodec((name) => {
    loaded.push(name);
    throw new Error("Cannot find module");
  });
  expect(loaded).toEqual([]);
  codec.compress(text);
  codec.compress(text);
  expect(loaded).toEqual(["snappy"]);
});
