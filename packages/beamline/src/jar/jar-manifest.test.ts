import { expect, test } from "vitest";
import { formatManifest, parseManifest } from "./jar-manifest.js";

test("parseManifest joins folded lines and stops at the sections of entries", () => {
  const text = "Manifest-Version: 1.0\nClass-Path: a.jar b\n .jar\n\nName: x\nSHA-256-Digest: y\n";
  expect([...parseManifest(text)]).toEqual([
    ["Manifest-Version", "1.0"],
    ["Class-Path", "a.jar b.jar"],
  ]);
  expect(parseManifest("").size).toBe(0);
});

test("formatManifest folds lines at 72 bytes and not within a character", () => {
  const attributes = new Map([["Long", "ä".repeat(100)]]);
  const text = formatManifest(attributes);
  for (const line of text.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(72);
  expect(text.startsWith("Manifest-Version: 1.0\r\nLong: ")).toBe(true);
  expect(text.endsWith("\r\n\r\n")).toBe(true);
  expect(parseManifest(text).get("Long")).toBe("ä".repeat(100));
});
