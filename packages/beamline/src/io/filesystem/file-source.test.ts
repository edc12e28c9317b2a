import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Pipeline } from "../../pipeline/pipeline.js";
import { collect } from "../../testing/collect.js";
import { fileSource } from "./file-source.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-source-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string): void {
  writeFileSync(join(folder, name), name);
}

const names = (paths: readonly string[]) => paths.map((path) => path.slice(folder.length + 1));

test("fileSource lists files once everything is prepared, not when the job is checked", async () => {
  put("a.txt");
  const source = fileSource("read", join(folder, "*.txt"), {});
  const listed = await collect((p) =>
    p.apply({
      ...source,
      // As an output does that an earlier run has left half shown.
      hooks: { ...source.hooks, prepare: async () => put("b.txt") },
      expand: (pipeline: Pipeline) => source.expand(pipeline).map("Path", ({ path }) => path),
    }),
  );
  expect(names(listed).sort()).toEqual(["a.txt", "b.txt"]);
});
