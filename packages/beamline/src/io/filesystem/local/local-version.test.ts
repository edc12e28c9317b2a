import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LocalFileSystem } from "./local-file-system.js";

const files = new LocalFileSystem();
const LINES = 30_000;
const line = (i: number) => `line ${String(i).padStart(6, "0")}\n`;
const CONTENT = Array.from({ length: LINES }, (_, i) => line(i)).join("");

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-version-"));
  path = join(folder, "file");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Reads the file as it was listed, changing it before it is opened, or after its first block. */
async function read(content: string, when: "before" | "within", change: () => void) {
  writeFileSync(path, content);
  // Whatever the clock's grain is, a change is later.
  utimesSync(path, 1000, 1000);
  const info = await files.stat(path);
  if (info === undefined) throw new Error("the file is not there");
  if (when === "before") change();
  const { size, version } = info;
  const blocks: Buffer[] = [];
  for await (const block of files.read(
    path,
    { start: 0, end: size },
    { version, blockSize: 1000 },
  )) {
    if (when === "within" && blocks.length === 0) change();
    blocks.push(Buffer.from(block));
  }
  return Buffer.concat(blocks).toString();
}

function coded(code: string) {
  return expect.objectContaining({
    code,
    message: expect.stringMatching(/^Cannot read ".*file": .*; .*run it again$/),
  });
}

describe.each(["before", "within"] as const)("read of a version, changed %s", (when) => {
  test("throws FILE_SHRANK when the file is shorter", async () => {
    const shrink = () => truncateSync(path, CONTENT.length / 2);
    await expect(read(CONTENT, when, shrink)).rejects.toThrow(coded("FILE_SHRANK"));
  });

  test("throws FILE_CHANGED when it was written anew with as many bytes", async () => {
    const rewrite = () => writeFileSync(path, CONTENT.toUpperCase());
    await expect(read(CONTENT, when, rewrite)).rejects.toThrow(coded("FILE_CHANGED"));
  });

  test("gives what was there when lines were appended", async () => {
    const append = () => appendFileSync(path, "another line\n");
    expect(await read(CONTENT, when, append)).toBe(CONTENT);
  });

  test("throws FILE_CHANGED when its last line has become longer", async () => {
    const append = () => appendFileSync(path, " goes on\n");
    await expect(read(CONTENT.trimEnd(), when, append)).rejects.toThrow(coded("FILE_CHANGED"));
  });
});

describe("read of a version", () => {
  test.each([CONTENT, `${CONTENT}and more\n`])(
    "throws FILE_CHANGED when another file has the path by now, whatever its size",
    async (content) => {
      const other = join(folder, "other");
      const replace = () => {
        writeFileSync(other, content);
        renameSync(other, path);
      };
      await expect(read(CONTENT, "before", replace)).rejects.toThrow(coded("FILE_CHANGED"));
      // The file that was opened is still the one that was listed.
      expect(await read(CONTENT, "within", replace)).toBe(CONTENT);
    },
  );

  test("throws FILE_NOT_FOUND when the file is gone before it is opened, and not later", async () => {
    await expect(read(CONTENT, "before", () => rmSync(path))).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
    });
    expect(await read(CONTENT, "within", () => rmSync(path))).toBe(CONTENT);
  });

  test("finds small files changed, too", async () => {
    const rewrite = () => writeFileSync(path, "b\n");
    await expect(read("a\n", "before", rewrite)).rejects.toThrow(coded("FILE_CHANGED"));
  });
});
