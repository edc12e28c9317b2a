import { describe, expect, it } from "vitest";
import { type JobManifest, readJobManifest, writeJobManifest } from "./job-manifest.js";

const MANIFEST: JobManifest = {
  version: 1,
  beamline: "0.1.0",
  module: "pipeline.mjs",
  exportName: "default",
  options: { input: "a.txt", depth: 3 },
  fingerprint: { Create: "abc", "Create/Elements": "def" },
};

describe("readJobManifest", () => {
  it("reads what writeJobManifest wrote", () => {
    expect(readJobManifest(writeJobManifest(MANIFEST))).toEqual(MANIFEST);
  });

  it.each([
    ["text", "<html>", "not JSON"],
    ["another version", JSON.stringify({ ...MANIFEST, version: 2 }), "its version is 2"],
    ["a missing module", JSON.stringify({ ...MANIFEST, module: "" }), "names no module"],
    ["a wrong fingerprint", JSON.stringify({ ...MANIFEST, fingerprint: [] }), "no fingerprint"],
  ])("refuses %s in words", (_what, text, words) => {
    expect(() => readJobManifest(text)).toThrow(words);
  });
});
