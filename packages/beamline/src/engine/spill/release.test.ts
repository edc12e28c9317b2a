import { expect, test } from "vitest";
import { openFrameCodec } from "./frame-codec.js";
import { releaseMemory } from "./release.js";

test("releaseMemory empties a buffer, and leaves shared memory alone", () => {
  const own = Buffer.allocUnsafeSlow(1000);
  releaseMemory(own);
  expect(own.length).toBe(0);
  const shared = Buffer.from(new SharedArrayBuffer(1000));
  releaseMemory(shared);
  expect(shared.length).toBe(1000);
});

test("releaseMemory keeps a process that reads much small", () => {
  const codec = openFrameCodec();
  const packed = Buffer.from(codec.compress(Buffer.alloc(128 * 1024, "beam ")));
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 8000; i++) releaseMemory(codec.uncompress(packed));
  // A gigabyte in all.
  expect(process.memoryUsage().rss - before).toBeLessThan(64e6);
});
