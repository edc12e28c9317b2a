import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { matchFiles, requireInput } from "./match-files.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-match-"));
  for (const name of ["b.txt", "a.txt", "c.log"]) writeFileSync(join(folder, name), name);
  mkdirSync(join(folder, "sub"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("matchFiles lists each file once, in order, however many patterns match it", async () => {
  const patterns = [join(folder, "*.txt"), join(folder, "a.*"), `file://${folder}/c.log`];
  const files = await matchFiles(patterns);
  expect(files.map(({ path }) => path.slice(folder.length + 1))).toEqual([
    "a.txt",
    "b.txt",
    "c.log",
  ]);
});

test("matchFiles throws FILE_NOT_FOUND with the pattern that matches nothing", async () => {
  const pattern = join(folder, "*.csv");
  await expect(matchFiles([pattern])).rejects.toMatchObject({
    code: "FILE_NOT_FOUND",
    message: expect.stringContaining(`"${pattern}": no file matches`),
  });
  await expect(matchFiles(["no-such-file"])).rejects.toThrow(process.cwd());
});

test("matchFiles throws IS_A_DIRECTORY for a folder", async () => {
  await expect(matchFiles([join(folder, "sub")])).rejects.toMatchObject({
    code: "IS_A_DIRECTORY",
  });
});

test("requireInput reports everything that is missing in one error", async () => {
  await requireInput([join(folder, "*.txt")]);
  const missing = requireInput([join(folder, "x"), join(folder, "a.txt"), join(folder, "y*")]);
  await expect(missing).rejects.toMatchObject({
    code: "FILE_NOT_FOUND",
    message: expect.stringMatching(/2 parts of it failed.*\/x".*\/y\*"/s),
  });
  await expect(requireInput([join(folder, "x"), join(folder, "sub")])).rejects.toMatchObject({
    code: "INPUT_FAILED",
  });
});
