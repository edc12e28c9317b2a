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

/** @param {Record<string, string>} files */
async function digestsOf(files) {
  await rm(folder, { recursive: true });
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const prefix = join(folder, "out");
  return {
    lines: await digestOutput(prefix),
    many: await digestOutput(prefix, "many lines"),
    groups: await digestOutput(prefix, { groupedBy: 1 }),
  };
}

test("digestOutput compares many lines as it does few: by how often each occurs", async () => {
  const one = await digestsOf({ "out-0": "a1\nb1\na1\n" });
  const same = await digestsOf({ "out-0": "a1\n", "out-1": "a1\nb1" });
  const other = await digestsOf({ "out-0": "a1\nb1\nb1\n" });
  expect(one.many.lines).toBe(3);
  expect(same.many).toEqual(one.many);
  expect(same.lines).toEqual(one.lines);
  expect(other.many).not.toEqual(one.many);
  expect(other.lines).not.toEqual(one.lines);
});

test("digestOutput takes lines of a key for grouped where they stand together in one file", async () => {
  const sorted = await digestsOf({ out: "a1\na2\nb1\n" });
  const grouped = await digestsOf({ "out-0": "b1\n", "out-1": "a2\na1\n" });
  const apart = await digestsOf({ out: "a1\nb1\na2\n" });
  const inTwoFiles = await digestsOf({ "out-0": "a1\n", "out-1": "a2\nb1\n" });
  const misfiled = await digestsOf({ out: "a1\nb2\nb1\n" });
  expect(grouped.groups).toEqual(sorted.groups);
  for (const wrong of [apart, inTwoFiles, misfiled])
    expect(wrong.groups).not.toEqual(sorted.groups);
});

test("digestOutput knows a line that lies across the ends of blocks", async () => {
  const text = `${"x".repeat(700_000)}\n${"y".repeat(700_000)}\n`;
  const whole = await digestsOf({ out: text });
  const parts = await digestsOf({ "out-0": text.slice(0, 700_001), "out-1": text.slice(700_001) });
  expect(whole.many.lines).toBe(2);
  expect(parts.many).toEqual(whole.many);
});
