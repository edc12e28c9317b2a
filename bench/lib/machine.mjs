import { createHash } from "node:crypto";
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";

/**
 * @typedef {object} Machine
 * @property {string} cpu
 * @property {number} cores that this process may use
 * @property {number} memoryBytes
 * @property {string} system
 * @property {string} node
 * @property {number} load runnable threads over the last minute, before the first run
 */

/** @returns {Machine} */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${platform()} ${arch()} ${release()}`,
    node: process.versions.node,
    load: loadavg()[0] ?? 0,
  };
}

/**
 * Names the machines whose figures compare: same processor, cores and Node major version.
 *
 * @param {Machine} machine
 */
export function machineKey({ cpu, cores, node }) {
  const [major] = node.split(".");
  return createHash("sha256").update(`${cpu}|${cores}|${major}`).digest("hex").slice(0, 16);
}
