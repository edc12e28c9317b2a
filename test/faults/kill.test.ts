import type { ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { beamline } from "../support/command-line.js";

const PIPELINE = fileURLToPath(new URL("./pipelines/lines.ts", import.meta.url));
const SHARDS = 1500;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-kill-"));
  mkdirSync(join(folder, "out"));
  const lines = Array.from({ length: 3 * SHARDS }, (_, i) => `line ${i}\n`);
  writeFileSync(join(folder, "input"), lines.join(""));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface RunOptions {
  readonly ends?: "well" | "fails" | "aborts";
  readonly watch?: (child: ChildProcess) => void;
}

async function run(mark: string, { ends = "well", watch }: RunOptions = {}) {
  const argv = ["run", PIPELINE, "--input", join(folder, "input")];
  argv.push("--output", join(folder, "out/part"), "--mark", mark, "--shards", `${SHARDS}`);
  argv.push("--began", join(folder, "began"), "--workers", "2", "--ends", ends);
  return await beamline(argv, { cwd: folder, ...(watch === undefined ? {} : { watch }) });
}

/** Kills the process, threads and all, as soon as `when` holds; false if it ended before. */
async function runAndKill(mark: string, when: () => boolean): Promise<boolean> {
  let process: ChildProcess | undefined;
  const running = run(mark, {
    watch: (child) => {
      process = child;
    },
  });
  while (process?.exitCode === null && !when()) await setImmediate();
  process?.kill("SIGKILL");
  return (await running).code === null;
}

function visible(): string[] {
  return readdirSync(join(folder, "out")).filter((name) => !name.startsWith("."));
}

/** How many shards of which run are to be seen. */
function generations(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of visible()) {
    const marks = readFileSync(join(folder, "out", name), "utf8").match(/^\w+/gm) ?? ["empty"];
    for (const mark of new Set(marks)) counts[mark] = (counts[mark] ?? 0) + 1;
  }
  return counts;
}

function linesOf(mark: string): number {
  const all = visible().map((name) => readFileSync(join(folder, "out", name), "utf8"));
  return all
    .join("")
    .split("\n")
    .filter((line) => line.startsWith(`${mark} line `)).length;
}

const first = () => join(folder, "out", `part-00000-of-0${SHARDS}`);
const hidden = () => join(folder, "out/.beamline-temp-part");

function startsWith(file: string, mark: string): boolean {
  try {
    return readFileSync(file, "utf8").startsWith(mark);
  } catch {
    return false;
  }
}

function entriesOf(path: string): number {
  return existsSync(path) ? readdirSync(path).length : 0;
}

describe("a process that native code aborts", () => {
  test("shows nothing of its output", async () => {
    await run("old");
    const { code } = await run("new", { ends: "aborts" });
    expect(code).toBe(null);
    expect(generations()).toEqual({ old: SHARDS });
  });
});

describe("a job that is killed", () => {
  test.each([
    ["while it reads", () => existsSync(join(folder, "began"))],
    ["while it writes", () => entriesOf(hidden()) > 20],
  ])(
    "%s leaves the earlier output as it was, and nothing once another run has begun",
    async (_, when) => {
      await run("old");
      rmSync(join(folder, "began"));
      expect(await runAndKill("new", when)).toBe(true);
      expect(generations()).toEqual({ old: SHARDS });
      await run("other", { ends: "fails" });
      expect(generations()).toEqual({ old: SHARDS });
      expect(readdirSync(join(folder, "out"))).toHaveLength(SHARDS);
    },
  );

  test.each([
    ["while earlier shards go", (_: string) => existsSync(join(hidden(), "commit.json"))],
    ["while its shards come", (mark: string) => startsWith(first(), mark)],
  ])(
    "%s never shows some of both, and the next run first completes what was written",
    async (_, when) => {
      await run("old");
      // The moment is short: it may take several attempts to hit it.
      let mark = "";
      let isKilled = false;
      for (let attempt = 0; attempt < 5 && !isKilled; attempt++) {
        mark = `new${attempt}`;
        isKilled = await runAndKill(mark, () => when(mark));
      }
      expect(isKilled).toBe(true);
      expect(Object.keys(generations()).length).toBeLessThanOrEqual(1);
      // Whatever becomes of that run itself.
      const next = await run("other", { ends: "fails" });
      expect(next.stderr).toContain("this run is to fail");
      expect(generations()).toEqual({ [mark]: SHARDS });
      expect(linesOf(mark)).toBe(3 * SHARDS);
      expect(readdirSync(join(folder, "out"))).toHaveLength(SHARDS);
      await run("last");
      expect(generations()).toEqual({ last: SHARDS });
    },
  );
});
