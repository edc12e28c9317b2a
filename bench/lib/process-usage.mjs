import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readUsage } from "./process-tree.mjs";

/**
 * What one whole process took, seen from outside.
 *
 * @typedef {object} Usage
 * @property {number} wallSeconds from the start of the process to its end
 * @property {number} cpuSeconds user and system time of all its threads and children
 * @property {number} peakRssBytes the most memory that it (or its largest child) held at once
 */

/**
 * How processes are metered on a machine.
 *
 * @typedef {object} Meter
 * @property {string} name
 * @property {(command: readonly string[], report: string) => readonly string[]} wrap the command
 *   to run in place of `command`, which may write what it measures to `report`
 * @property {(pid: number) => { stop(): Omit<Usage, "wallSeconds"> | undefined }} watch
 * @property {(report: string) => Omit<Usage, "wallSeconds"> | undefined} read
 */

const GNU_TIME = "/usr/bin/time";

/** @returns {Meter} the most exact one that this machine has */
export function chooseMeter() {
  const version = spawnSync(GNU_TIME, ["--version"], { encoding: "utf8" });
  return `${version.stdout}${version.stderr}`.includes("GNU") ? gnuTime : procPolling;
}

/**
 * GNU time asks the kernel, after the end, what the process and its children took: exact.
 *
 * @type {Meter}
 */
const gnuTime = {
  name: "GNU time",
  wrap: (command, report) => [GNU_TIME, "-q", "-f", "%U %S %M", "-o", report, ...command],
  watch: () => ({ stop: () => undefined }),
  read: (report) => parseGnuTime(readFileSync(report, "utf8")),
};

/** @param {string} report user seconds, system seconds and peak KiB */
export function parseGnuTime(report) {
  const [user = Number.NaN, system = Number.NaN, peakKib = Number.NaN] = report
    .trim()
    .split(" ")
    .map(Number);
  return { cpuSeconds: user + system, peakRssBytes: peakKib * 1024 };
}

/**
 * Looks into /proc every 20 ms: peak memory is the kernel's own high-water mark, but what the
 * process does after the last look is missed, and so are its children. Without /proc, only wall
 * time is known, and the rest is NaN.
 *
 * @type {Meter}
 */
const procPolling = {
  name: process.platform === "linux" ? "polling /proc" : "wall time only",
  wrap: (command) => command,
  watch(pid) {
    /** @type {Omit<Usage, "wallSeconds">} */
    let last = { cpuSeconds: Number.NaN, peakRssBytes: Number.NaN };
    const timer = setInterval(() => {
      last = readUsage(pid) ?? last;
    }, 20);
    return {
      stop() {
        clearInterval(timer);
        return last;
      },
    };
  },
  read: () => undefined,
};

/**
 * Runs a command to its end and says what it took.
 *
 * @param {readonly string[]} command program and arguments
 * @param {{ cwd: string, folder: string, meter: Meter, signal?: AbortSignal }} options `folder` is
 *   an existing one for the meter's report
 * @returns {Promise<Usage>} rejects with the end of the command's error output if it fails
 */
export function runMeasured(command, { cwd, folder, meter, signal }) {
  const report = join(folder, "usage.txt");
  rmSync(report, { force: true });
  const [program = "", ...args] = meter.wrap(command, report);
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    // Its own process group, so that an abort ends the command and not only the meter around it.
    const child = spawn(program, args, {
      cwd,
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const watch = meter.watch(child.pid ?? 0);
    const abort = () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    };
    signal?.addEventListener("abort", abort, { once: true });

    let ended = started;
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      errors = (errors + text).slice(-4000);
    });
    child.once("error", reject);
    child.once("exit", () => {
      ended = process.hrtime.bigint();
    });
    child.once("close", (code, killedBy) => {
      signal?.removeEventListener("abort", abort);
      const watched = watch.stop();
      if (code !== 0) {
        const state = killedBy === null ? `it exited with ${code}` : `it was ended by ${killedBy}`;
        reject(new Error(`Cannot measure ${command.join(" ")}: ${state}; it said:\n${errors}`));
        return;
      }
      const usage = meter.read(report) ?? watched;
      resolve({
        wallSeconds: Number(ended - started) / 1e9,
        cpuSeconds: usage?.cpuSeconds ?? Number.NaN,
        peakRssBytes: usage?.peakRssBytes ?? Number.NaN,
      });
    });
  });
}
