import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ensure, lock } from "./cache.mjs";

const folder = mkdtempSync(join(tmpdir(), "beamline-cache-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** @param {string} scratch */
async function make(scratch) {
  const made = join(scratch, "made");
  writeFileSync(made, "whole");
  return made;
}

test("ensure makes a thing once", async () => {
  const at = join(folder, "once");
  let times = 0;
  const counted = (/** @type {string} */ scratch) => {
    times++;
    return make(scratch);
  };
  await Promise.all([ensure(at, counted), ensure(at, counted)]);
  expect(await ensure(at, counted)).toBe(at);
  expect(times).toBe(1);
  expect(readFileSync(at, "utf8")).toBe("whole");
});

test("ensure leaves nothing of what failed, and makes it the next time", async () => {
  const at = join(folder, "failed");
  const failing = async (/** @type {string} */ scratch) => {
    await make(scratch);
    throw new Error("no space");
  };
  await expect(ensure(at, failing)).rejects.toThrow("no space");
  expect(readdirSync(folder).filter((name) => name.startsWith("failed"))).toEqual(["failed.lock"]);
  await ensure(at, make);
  expect(existsSync(at)).toBe(true);
});

test("ensure starts afresh where another process was killed at it", async () => {
  const at = join(folder, "killed");
  const module = JSON.stringify(new URL("cache.mjs", import.meta.url).href);
  const code = `import { ensure } from ${module};
    import { writeFileSync } from "node:fs";
    setInterval(() => {}, 1000);
    await ensure(${JSON.stringify(at)}, (scratch) => {
      writeFileSync(scratch + "/made", "half");
      console.log("making");
      return new Promise(() => {});
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code]);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGKILL");
  await ensure(at, make);
  expect(readFileSync(at, "utf8")).toBe("whole");
});

test("lock keeps others out until it is released", async () => {
  const path = join(folder, "held.lock");
  /** @type {string[]} */
  const order = [];
  const release = await lock(path);
  const second = lock(path).then((free) => {
    order.push("second");
    free();
  });
  order.push("first");
  release();
  await second;
  expect(order).toEqual(["first", "second"]);
});
