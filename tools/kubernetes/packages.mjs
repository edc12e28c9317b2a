// Says why this machine cannot run the pod tier, one reason a line; without one it ends with 0.
import { existsSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** What the pod tier needs of the system, as programs, with the Debian package of each. */
const PROGRAMS = [
  ["containerd", "containerd"],
  ["runc", "runc"],
  ["docker-registry", "docker-registry"],
  ["iptables", "iptables"],
  ["debootstrap", "debootstrap"],
  ["ip", "iproute2"],
  ["openssl", "openssl"],
  ["sysctl", "procps"],
  ["nsenter", "util-linux"],
];
const FOLDERS = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/**
 * Why this machine cannot run the pod tier; empty if it can.
 * @returns {string[]}
 */
export function missingForPods() {
  const reasons = [];
  if (process.getuid?.() !== 0) reasons.push("it needs root");
  if (!existsSync("/sys/fs/cgroup/memory/tasks")) {
    reasons.push("it needs control groups of version 1, which this kernel does not show");
  }
  const packages = PROGRAMS.filter(([program]) =>
    FOLDERS.every((folder) => !existsSync(`${folder}/${program}`)),
  ).map(([, name]) => name);
  if (!existsSync("/usr/lib/cni") || readdirSync("/usr/lib/cni").length === 0) {
    packages.push("containernetworking-plugins");
  }
  if (packages.length > 0) reasons.push(`install ${packages.join(", ")}`);
  return reasons;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const reasons = missingForPods();
  for (const reason of reasons) console.log(reason);
  if (reasons.length > 0) process.exitCode = 1;
}
