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

test("releaseMemory detaches the memory under a buffer and under any view of it, also when called again", () => {
  const words = new Uint32Array(1000).fill(7);
  const { buffer } = words;
  const bytes = Buffer.from(buffer, 8, 100);
  releaseMemory(bytes);
  releaseMemory(words);
  expect([buffer.byteLength, words.length, bytes.length]).toEqual([0, 0, 0]);
  expect(words[0]).toBeUndefined();
});
