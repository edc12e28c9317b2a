import { readdirSync, readFileSync } from "node:fs";

/**
 * What a process and everything below it have taken so far.
 *
 * @typedef {object} TreeUsage
 * @property {number} cpuSeconds user and system time, of children that have ended, too
 * @property {number} peakRssBytes the most that any one of them has held
 */

/**
 * Looks into /proc; without it, all is NaN.
 *
 * @param {number} root process id
 * @returns {TreeUsage}
 */
export function treeUsage(root) {
  const parents = processTable();
  if (!parents.has(root)) return { cpuSeconds: Number.NaN, peakRssBytes: Number.NaN };
  const members = [...parents.keys()].filter((pid) => isBelow(pid, root, parents));
  const usages = members.flatMap((pid) => readUsage(pid) ?? []);
  return {
    cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakRssBytes: Math.max(...usages.map(({ peakRssBytes }) => peakRssBytes)),
  };
}

/**
 * What one process and its children that have ended took.
 *
 * @param {number} pid
 * @returns {TreeUsage | undefined} undefined where it is over, or there is no /proc
 */
export function readUsage(pid) {
  try {
    // proc(5) counts fields from 1: user and system time, and the same of children.
    const ticks = [14, 15, 16, 17].reduce((sum, field) => sum + Number(statField(pid, field)), 0);
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    if (peak === null) return undefined;
    return { cpuSeconds: ticks / 100, peakRssBytes: Number(peak[1]) * 1024 };
  } catch {
    return undefined;
  }
}

/** @returns {Map<number, number>} the parent of each process */
function processTable() {
  /** @type {Map<number, number>} */
  const parents = new Map();
  try {
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        parents.set(Number(name), Number(statField(Number(name), 4)));
      } catch {
        // It has just ended.
      }
    }
  } catch {
    // There is no /proc.
  }
  return parents;
}

/**
 * @param {number} pid
 * @param {number} root
 * @param {ReadonlyMap<number, number>} parents
 */
function isBelow(pid, root, parents) {
  for (let at = pid; at !== 0; at = parents.get(at) ?? 0) if (at === root) return true;
  return false;
}

/**
 * @param {number} pid
 * @param {number} field
 */
function statField(pid, field) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field, the command's name in brackets, may itself hold spaces and brackets.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[field - 3];
}
