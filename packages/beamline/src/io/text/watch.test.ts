import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { collect } from "../../testing/collect.js";
import { text } from "./text.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "beamline-watch-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("text.watch reads files that are there and files that come, each once", async () => {
  await writeFile(join(folder, "a.log"), "one\ntwo\n");
  const run = collect((p) => {
    const lines = p.apply(
      text.watch(join(folder, "*.log"), { every: 20, until: { idle: { seconds: 1 } } }),
    );
    return lines;
  });
  // A file that comes while the pipeline runs, whole at once.
  await writeFile(join(folder, "b.draft"), "three\n");
  await rename(join(folder, "b.draft"), join(folder, "b.log"));
  expect((await run).sort()).toEqual(["one", "three", "two"]);
});

test("text.watch waits where nothing matches yet", async () => {
  const run = collect((p) =>
    p.apply(text.watch(join(folder, "*.log"), { every: 20, until: { after: 200 } })),
  );
  expect(await run).toEqual([]);
});
