import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digestOutput } from "./outputs.mjs";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "beamline-bench-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("digestOutput finds a folder of parts equal to files with the same lines", async () => {
  await writeFile(join(folder, "out-00000-of-00002"), "b\n");
  await writeFile(join(folder, "out-00001-of-00002"), "a\n");
  const parts = join(folder, "spark", "out");
  await mkdir(parts, { recursive: true });
  await writeFile(join(parts, "part-00000"), "a\nb\n");
  await writeFile(join(parts, ".part-00000.crc"), "noise");
  await writeFile(join(parts, "_SUCCESS"), "");
  const digest = await digestOutput(join(folder, "out"));
  expect(digest.lines).toBe(2);
  expect(await digestOutput(parts)).toEqual(digest);
});
