import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** In the environment of all that belongs to a cluster. */
export const MARK = "BEAMLINE_TEST_CLUSTER";

const GROUPS = "/sys/fs/cgroup";

/**
 * What a running cluster says about itself.
 * @typedef {object} Cluster
 * @property {"schema" | "pod"} tier
 * @property {string} folder
 * @property {string} kubeconfig path
 * @property {string} server
 * @property {string} token
 * @property {string} [registry]
 * @property {string} [spark] reference of the base image
 * @property {string} [jobNamespace]
 * @property {string} [serviceAccount]
 * @property {{ endpoint: string, region: string, accessKeyId: string, secretAccessKey: string }} [s3]
 */

/**
 * The folder of the cluster of this name: all that it writes is in there.
 * @param {string} name
 */
export function folderOf(name) {
  return join(tmpdir(), `beamline-kubernetes-${name}`);
}

/**
 * The cluster of this name, if it is up.
 * @param {string} name
 * @returns {Cluster | undefined}
 */
export function runningCluster(name) {
  const file = join(folderOf(name), "cluster.json");
  if (!existsSync(file) || processesOf(name).length === 0) return undefined;
  return JSON.parse(readFileSync(file, "utf8"));
}

/**
 * The processes that were started as part of the cluster; those in its pods do not count.
 * @param {string} name
 * @returns {number[]}
 */
export function processesOf(name) {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) => environmentOf(entry).includes(`${MARK}=${name}`))
    .map(Number);
}

/** @param {string} id */
function environmentOf(id) {
  try {
    return readFileSync(`/proc/${id}/environ`, "utf8").split("\0");
  } catch {
    // It has ended, or belongs to someone else.
    return [];
  }
}

/**
 * Ends a cluster, also one that came up in part, and removes all that it left: processes, mounts and
 * network go with its first process; then its control groups and its folder.
 * @param {string} name
 */
export async function remove(name) {
  for (let processes = processesOf(name); processes.length > 0; processes = processesOf(name)) {
    for (const id of processes) {
      try {
        process.kill(id, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    await setTimeout(50);
  }
  for (const group of groupsOf(name)) await removeGroup(group);
  rmSync(folderOf(name), { recursive: true, force: true });
}

/**
 * The control groups that a cluster has, one a controller.
 * @param {string} name
 */
export function groupsOf(name) {
  if (!existsSync(GROUPS)) return [];
  return readdirSync(GROUPS)
    .map((controller) => join(GROUPS, controller, groupOf(name)))
    .filter((group) => existsSync(group));
}

/** @param {string} name */
export function groupOf(name) {
  return `beamline-kubernetes-${name}`;
}

/**
 * @param {string} group
 * @returns {Promise<void>}
 */
async function removeGroup(group) {
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeGroup(join(group, entry.name));
  }
  for (let tries = 0; ; tries++) {
    try {
      rmdirSync(group);
      return;
    } catch (error) {
      // The kernel is still taking the last processes apart.
      if (tries === 200) throw error;
      await setTimeout(50);
    }
  }
}
