import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { treeUsage } from "./process-tree.mjs";

/** Works for this many milliseconds of processor time, in a child of its own, and then waits. */
const BUSY = `const { spawnSync } = require("node:child_process");
  const work = "while (process.cpuUsage().user < 300000);";
  spawnSync(process.execPath, ["-e", work]);
  console.log("done"); setInterval(() => {}, 1000);`;

test.runIf(existsSync("/proc/self/stat"))(
  "treeUsage counts what children took that are over",
  async () => {
    const parent = spawn(process.execPath, ["-e", BUSY], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(parent.stdout, "data");
      const { cpuSeconds, peakRssBytes } = treeUsage(parent.pid ?? 0);
      expect(cpuSeconds).toBeGreaterThan(0.25);
      expect(peakRssBytes).toBeGreaterThan(10e6);
    } finally {
      parent.kill("SIGKILL");
    }
  },
);

test("treeUsage knows nothing of a process that is not there", () => {
  expect(treeUsage(2 ** 30)).toEqual({ cpuSeconds: Number.NaN, peakRssBytes: Number.NaN });
});
