import { expect, test } from "vitest";
import { releaseMemory } from "./release.js";

test("releaseMemory empties a buffer, and leaves shared memory alone", () => {
  const own = Buffer.allocUnsafeSlow(1000);
  releaseMemory(own);
  expect(own.length).toBe(0);
  const shared = Buffer.from(new SharedArrayBuffer(1000));
  releaseMemory(shared);
  expect(shared.length).toBe(1000);
});

test("releaseMemory keeps a process small that goes through many buffers", () => {
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 8000; i++) releaseMemory(Buffer.allocUnsafeSlow(128 * 1024).fill(i));
  // A gigabyte in all.
  expect(process.memoryUsage().rss - before).toBeLessThan(64e6);
});
