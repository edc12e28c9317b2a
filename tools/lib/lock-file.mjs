/**
 * @typedef {{
 *   version?: string,
 *   resolved?: string,
 *   link?: boolean,
 *   dev?: boolean,
 *   optional?: boolean,
 *   license?: string,
 *   os?: string[],
 *   cpu?: string[],
 *   libc?: string[],
 *   engines?: Record<string, string>,
 *   optionalDependencies?: Record<string, string>,
 * }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lock
 */

const SYSTEMS = "aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32";
const CPUS = "arm64|arm|armv7|ia32|loong64|mips64el|ppc64|riscv64|s390x|wasm32|x64";
const PLATFORM = new RegExp(`-(${SYSTEMS})-(${CPUS})(?:-(.+))?$`);

/**
 * Entries that record where a package was fetched from. None should: whoever installs uses the
 * registry of their own.
 * @param {Lock} lock
 */
export function recordedAddresses({ packages }) {
  return Object.entries(packages)
    .filter(([, { resolved, link }]) => resolved !== undefined && link !== true)
    .map(([path]) => path);
}

/**
 * The lock with an entry for every optional platform package that an installed package names.
 *
 * npm leaves out what the registry at hand does not carry, and `npm ci` then refuses the lock
 * everywhere. Version, system and processor follow from the parent and the name, which is all that
 * npm needs; the checksum stays open until a platform that uses the package locks it.
 * @param {Lock} lock
 * @returns {{ lock: Lock, added: string[] }}
 */
export function completeLock(lock) {
  /** @type {Record<string, LockedPackage>} */
  const missing = {};
  for (const parent of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      const platform = PLATFORM.exec(name);
      const [, os = "", cpu = "", abi = ""] = platform ?? [];
      if (path in lock.packages || platform === null || !/^\d/.test(version)) continue;
      missing[path] = {
        version,
        cpu: [cpu === "armv7" ? "arm" : cpu],
        ...(parent.dev === true && { dev: true }),
        ...(abi.startsWith("musl") && { libc: ["musl"] }),
        ...(abi.startsWith("gnu") && { libc: ["glibc"] }),
        ...(parent.license !== undefined && { license: parent.license }),
        optional: true,
        os: [os],
        ...(parent.engines !== undefined && { engines: parent.engines }),
      };
    }
  }
  const paths = Object.entries({ ...lock.packages, ...missing });
  const packages = Object.fromEntries(paths.sort(([a], [b]) => (a < b ? -1 : 1)));
  return { lock: { ...lock, packages }, added: Object.keys(missing).sort() };
}
