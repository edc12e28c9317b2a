import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureFolder, isIntact } from "./stored-folder.js";

let base: string;
let folder: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "beamline-stored-"));
  folder = join(base, "cache", "kept");
});
afterEach(() => rmSync(base, { recursive: true }));

let fills = 0;
beforeEach(() => {
  fills = 0;
});
async function fill(draft: string): Promise<void> {
  fills++;
  writeFileSync(join(draft, "a.jar"), "contents");
}

test("ensureFolder fills a folder once and leaves nothing beside it", async () => {
  await ensureFolder({ folder, fill });
  await ensureFolder({ folder, fill });
  expect(fills).toBe(1);
  expect(readdirSync(join(base, "cache"))).toEqual(["kept"]);
});

test("ensureFolder fills a folder anew whose files have changed or gone", async () => {
  await ensureFolder({ folder, fill });
  for (const spoil of [
    () => writeFileSync(join(folder, "a.jar"), "CONTENTS"),
    () => writeFileSync(join(folder, "a.jar"), "cut"),
    () => rmSync(join(folder, "a.jar")),
    () => rmSync(join(folder, "files.json")),
    () => writeFileSync(join(folder, "files.json"), "[{"),
  ]) {
    spoil();
    expect(await isIntact(folder)).toBe(false);
    await ensureFolder({ folder, fill });
    expect(readFileSync(join(folder, "a.jar"), "utf8")).toBe("contents");
  }
  expect(fills).toBe(6);
});

test("ensureFolder lets one of several fill it", async () => {
  let waits = 0;
  const onWait = () => {
    waits++;
  };
  await Promise.all([1, 2, 3].map(() => ensureFolder({ folder, fill, onWait })));
  expect(fills).toBe(1);
  expect(waits).toBe(2);
});

test("ensureFolder takes over the lock of a process that died", async () => {
  await ensureFolder({ folder, fill });
  rmSync(folder, { recursive: true });
  // No process has a number that high.
  writeFileSync(`${folder}.lock`, JSON.stringify({ pid: 2 ** 30, host: hostname() }));
  await ensureFolder({ folder, fill });
  expect(fills).toBe(2);
});

test("ensureFolder leaves nothing of a failed or aborted filling", async () => {
  const failing = async () => {
    throw new Error("no");
  };
  await expect(ensureFolder({ folder, fill: failing })).rejects.toThrow("no");
  const abort = new AbortController();
  const aborting = async (draft: string) => {
    await fill(draft);
    abort.abort(new Error("enough"));
  };
  await expect(ensureFolder({ folder, fill: aborting, signal: abort.signal })).rejects.toThrow(
    "enough",
  );
  expect(readdirSync(join(base, "cache"))).toEqual([]);
});

test("ensureFolder says what to do about a cache that cannot be written", async () => {
  writeFileSync(join(base, "cache"), "a file");
  await expect(ensureFolder({ folder, fill })).rejects.toMatchObject({
    code: "CACHE_FAILED",
    message: expect.stringContaining("set XDG_CACHE_HOME"),
  });
});
