import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { runLocal } from "beamline/runners/local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { beamline } from "../support/command-line.js";
import { pipeline } from "./pipelines/spills.mjs";

const PIPELINE = fileURLToPath(new URL("./pipelines/spills.mjs", import.meta.url));
const URL_OF_PIPELINE = new URL("./pipelines/spills.mjs", import.meta.url).href;
const MIB = 2 ** 20;

let scratch = "";
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "beamline-memory-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

type How = "group" | "windows" | "sessions" | "state" | "reshuffle" | "side" | "combine";

interface Job {
  readonly how: How;
  readonly rows: number;
  readonly keys: number;
  readonly hot?: number;
  readonly failOnce?: string;
  readonly slowly?: number;
}

/** Some 130 bytes a row, on two worker threads, with as little memory as may be given. */
async function run(job: Job, signal?: AbortSignal) {
  return await runLocal(pipeline.toGraph(job), {
    code: { url: URL_OF_PIPELINE, exportName: "pipeline", options: { ...job } },
    workers: 2,
    workerThreads: "always",
    memory: 16 * MIB,
    scratch,
    ...(signal === undefined ? {} : { signal }),
  });
}

describe("30 to 60 MB within 16 MiB", () => {
  test.each<Job>([
    { how: "group", rows: 400_000, keys: 150_000 },
    { how: "group", rows: 200_000, keys: 1000 },
    { how: "group", rows: 200_000, keys: 50_000, hot: 50 },
    { how: "windows", rows: 200_000, keys: 20_000 },
    { how: "windows", rows: 200_000, keys: 20_000, hot: 90 },
    { how: "sessions", rows: 200_000, keys: 100_000 },
    { how: "state", rows: 200_000, keys: 20_000 },
    { how: "state", rows: 200_000, keys: 20_000, hot: 50 },
    { how: "reshuffle", rows: 200_000, keys: 20_000 },
    { how: "combine", rows: 200_000, keys: 190_000 },
    { how: "side", rows: 200_000, keys: 20_000 },
  ])("gives what it should, by way of the disk: %j", async (job) => {
    const { memory, retries } = await run(job);
    expect(memory.budget).toBe(16 * MIB);
    expect(memory.spilledBytes).toBeGreaterThan(20e6);
    expect(memory.runs).toBeGreaterThan(3);
    expect(retries).toBe(0);
    expect(readdirSync(scratch)).toEqual([]);
  });

  test("runs a bundle again that failed in the midst of what was on disk", async () => {
    const failOnce = join(scratch, "failed");
    const { retries, memory } = await run({ how: "group", rows: 200_000, keys: 50_000, failOnce });
    expect(retries).toBe(1);
    expect(memory.runs).toBeGreaterThan(3);
    expect(readdirSync(scratch)).toEqual(["failed"]);
  });
});

test("a small job writes no file and says so", async () => {
  const { memory } = await run({ how: "group", rows: 1000, keys: 10 });
  expect(memory).toMatchObject({ spilledBytes: 0, runs: 0 });
  expect(memory.peakRss).toBeGreaterThan(16 * MIB);
});

describe("the scratch folder", () => {
  test("is empty after a run that was cancelled", async () => {
    const abort = new AbortController();
    const running = run({ how: "group", rows: 400_000, keys: 100_000, slowly: 1 }, abort.signal);
    while (filesIn(scratch) < 4) await setTimeout(20);
    abort.abort();
    await expect(running).rejects.toThrow("Cannot finish the job: it was cancelled");
    expect(readdirSync(scratch)).toEqual([]);
  });

  test("is empty after Ctrl-C", async () => {
    const command = start(["--how", "group", "--slowly", "1"]);
    while (filesIn(scratch) < 4) await setTimeout(20);
    command.kill("SIGINT");
    await once(command, "close");
    expect(readdirSync(scratch)).toEqual([]);
  });

  test("loses what a killed job has left to the next one that needs it", async () => {
    const command = start(["--how", "group", "--slowly", "1"]);
    while (filesIn(scratch) < 4) await setTimeout(20);
    command.kill("SIGKILL");
    await once(command, "close");
    expect(filesIn(scratch)).toBeGreaterThan(3);
    await run({ how: "group", rows: 200_000, keys: 1000 });
    expect(readdirSync(scratch)).toEqual([]);
  });

  test.each([
    { what: "does not exist", folder: () => join(scratch, "missing"), says: "it does not exist" },
    { what: "is a file", folder: () => PIPELINE, says: "it is not a folder" },
  ])("that $what is refused before any work", async ({ folder, says }) => {
    const { code, stderr } = await command(["--how", "group", "--scratch", folder()]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Cannot use ${folder()} as the scratch folder: ${says}`);
  });

  test("that is full ends the job with one error, and is empty afterwards", async () => {
    // Files of at most 512 KiB: what `ulimit -f` allows, in blocks of 512 bytes or of 1024.
    const limited = spawn(
      "bash",
      ["-c", 'ulimit -f 512; exec "$0" "$@"', process.execPath, ...argvOf(["--how", "group"])],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    let stderr = "";
    limited.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    await once(limited, "close");
    expect(limited.exitCode).toBe(1);
    expect(stderr).toMatch(
      /Cannot write \d+ MB that do not fit in memory: files in the scratch folder .* may not be that large/,
    );
    expect(stderr).toContain("--scratch");
    expect(readdirSync(scratch)).toEqual([]);
  });

  const onFullDisk = canMount() ? test : () => {};
  onFullDisk("on a disk that is full ends the job in the same way", async () => {
    const disk = join(scratch, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]);
    try {
      const { code, stderr } = await command(["--how", "group", "--scratch", disk]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/the disk that holds the scratch folder .*disk.* is full; free some/);
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

test.each(["0", "1MiB", "much", "-1GiB"])("beamline run refuses --memory %s", async (size) => {
  const { code, stderr } = await command(["--how", "group", "--memory", size]);
  expect(code).toBe(2);
  expect(stderr).toContain("--memory");
});

test("beamline run prints peak memory and what went to disk", async () => {
  const { code, stderr } = await command(["--how", "group"]);
  expect(stderr).toMatch(/Done in .*, \d+ MB peak memory, \d+(\.\d+)? MB spilled to disk/);
  expect(code).toBe(0);
});

/** What Node, its two worker threads and their garbage may take besides. */
const BESIDES = 200e6;

test.each<How>(["group", "combine"])(
  "a command to %s 200 MB stays within --memory 128MiB and 200 MB",
  async (how) => {
    const size = ["--rows", "1500000", "--keys", "300000", "--memory", "128MiB"];
    const { code, stderr } = await command(["--how", how, ...size]);
    expect(code).toBe(0);
    const [, megabytes, spilled] = /(\d+) MB peak memory, (\d+) MB spilled/.exec(stderr) ?? [];
    expect(Number(spilled)).toBeGreaterThan(100);
    expect(Number(megabytes) * 1e6).toBeLessThan(128 * MIB + BESIDES);
  },
);

function argvOf(flags: readonly string[]): string[] {
  const small = ["--rows", "300000", "--keys", "100000", "--memory", "16MiB"];
  const command = fileURLToPath(new URL("../../packages/cli/bin/beamline.js", import.meta.url));
  const own = flags.includes("--scratch") ? [] : ["--scratch", scratch];
  const defaults = flags.includes("--rows") ? [] : small;
  return [command, "run", `${PIPELINE}#pipeline`, "--workers", "2", ...defaults, ...own, ...flags];
}

async function command(flags: readonly string[]) {
  return await beamline(argvOf(flags).slice(1), { cwd: scratch });
}

function start(flags: readonly string[]): ChildProcess {
  return spawn(process.execPath, argvOf(flags), { stdio: "ignore" });
}

/** Files in the folders of jobs. */
function filesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true }).filter((name) => `${name}`.endsWith(".run"))
    .length;
}

/** A tmpfs of a certain size is as good as a disk that is full; only root may make one. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "beamline-mount-"));
  const mounted =
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]).status === 0;
  if (mounted) execFileSync("umount", [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
}
