import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { getuid } from "node:process";
import { afterAll, beforeEach, expect, test } from "vitest";
import { makeScratchFolder, newPathsIn, ScratchFolder } from "./scratch-folder.js";

let root = "";
const roots: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "scratch-test-"));
  roots.push(root);
});

afterAll(() => {
  for (const each of roots) rmSync(each, { recursive: true, force: true });
});

test("ScratchFolder makes its folder when it is asked for, and removes all of it", () => {
  const scratch = new ScratchFolder(root);
  expect(readdirSync(root)).toEqual([]);
  const { path } = scratch;
  expect(dirname(path)).toBe(root);
  expect(scratch.path).toBe(path);
  expect(readdirSync(root)).toEqual([]);
  const [first, second] = [newPathsIn(path, 2), newPathsIn(path, 3)];
  expect([first(), first(), second()]).toEqual(
    ["2-0.run", "2-1.run", "3-0.run"].map((name) => join(path, name)),
  );
  expect(readdirSync(root)).toEqual([basename(path)]);
  writeFileSync(join(path, "some.run"), "records");
  scratch.remove();
  expect(readdirSync(root)).toEqual([]);
  scratch.remove();
});

test("ScratchFolder takes a path relative to the folder at hand", () => {
  const scratch = new ScratchFolder(relative(process.cwd(), root));
  expect(dirname(scratch.path)).toBe(root);
  scratch.remove();
});

test("jobs that run at once leave each other's folders alone", () => {
  const [first, second] = [new ScratchFolder(root), new ScratchFolder(root)];
  expect(first.path).not.toBe(second.path);
  makeScratchFolder(first.path);
  makeScratchFolder(second.path);
  expect(existsSync(first.path)).toBe(true);
  first.remove();
  second.remove();
});

test("ScratchFolder removes what a dead process has left, and nothing else", () => {
  const own = new ScratchFolder(root);
  makeScratchFolder(own.path);
  const name = basename(own.path);
  const [, machine] = name.split("-");
  const dead = spawnSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" });
  const names = {
    dead: `beamline-${machine}-${dead.stdout.trim()}-1-00000000`,
    /** The number of a process that lives, which had another life before. */
    before: `beamline-${machine}-${process.pid}-1-00000000`,
    elsewhere: `beamline-ffffffff-${dead.stdout.trim()}-1-00000000`,
    another: "beamline-of-somebody",
  };
  for (const each of Object.values(names)) {
    mkdirSync(join(root, each));
    writeFileSync(join(root, each, "1-0.run"), "records");
  }
  const next = new ScratchFolder(root);
  makeScratchFolder(next.path);
  const left = [name, basename(next.path), names.elsewhere, names.another];
  // Where systems do not tell when processes started, the number is all there is to go by.
  if (!existsSync("/proc/self/stat")) left.push(names.before);
  expect(readdirSync(root).sort()).toEqual(left.sort());
  own.remove();
  next.remove();
});

test("ScratchFolder.check says what is wrong with a folder", () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  expect(() => new ScratchFolder(join(root, "missing")).check()).toThrow(
    /^Cannot use .*missing as the scratch folder: it does not exist; name a folder with --scratch/,
  );
  expect(() => new ScratchFolder(file).check()).toThrow("it is not a folder");
});

test("ScratchFolder.check refuses a folder that is read-only, but to root", () => {
  chmodSync(root, 0o500);
  const check = expect(() => new ScratchFolder(root).check());
  if (getuid?.() === 0) check.not.toThrow();
  else check.toThrow("it can't be written to");
});

test("makeScratchFolder says where no folder can be made", () => {
  expect(() => makeScratchFolder("/proc/beamline-of-a-test")).toThrow(
    /^Cannot (make a folder in the scratch folder|use) \/proc.*; name a folder with --scratch/,
  );
});
