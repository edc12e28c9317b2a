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

test("fileSource gives the files that the job was checked with, in every run anew", async () => {
  put("a.txt");
  const source = fileSource("read", join(folder, "*.txt"), {});
  let made = 0;
  const run = () =>
    collect((p) =>
      p.apply({
        ...source,
        hooks: { ...source.hooks, prepare: async () => put(`b${made++}.txt`) },
        expand: (pipeline: Pipeline) => source.expand(pipeline).map("Path", ({ path }) => path),
      }),
    );
  expect(names(await run())).toEqual(["a.txt"]);
  expect(names(await run()).sort()).toEqual(["a.txt", "b0.txt"]);
});

test("fileSource lists files where nobody has checked the job", async () => {
  put("a.txt");
  const source = fileSource("read", join(folder, "*.txt"), {});
  const listed = await collect((p) =>
    p.apply({
      name: "Elsewhere",
      expand: (pipeline: Pipeline) => source.expand(pipeline).map("Path", ({ path }) => path),
    }),
  );
  expect(names(listed)).toEqual(["a.txt"]);
});
