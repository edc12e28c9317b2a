import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { folderOf, groupsOf, processesOf } from "../../../tools/kubernetes/cluster-state.mjs";
import { mustRun } from "../../../tools/lib/run.mjs";
import { untilSlow } from "../support/applications.js";

const CLUSTER = fileURLToPath(new URL("../../../tools/kubernetes/cluster.mjs", import.meta.url));

test("cluster.mjs down leaves nothing of a cluster whose start was killed half-way", async () => {
  const name = `killed-${process.pid}`;
  const folder = folderOf(name);
  const up = spawn(process.execPath, [CLUSTER, "up", "--name", name], { stdio: "ignore" });
  const killed = once(up, "exit");
  await untilSlow("containers", async () => existsSync(join(folder, "var/log/pods")));
  up.kill("SIGKILL");
  await killed;
  expect(processesOf(name).length).toBeGreaterThan(0);
  expect(groupsOf(name).length).toBeGreaterThan(0);

  await mustRun(process.execPath, [CLUSTER, "down", "--name", name]);
  expect(processesOf(name)).toEqual([]);
  expect(groupsOf(name)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
  expect(readFileSync("/proc/mounts", "utf8")).not.toContain(folder);
});
