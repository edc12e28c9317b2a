import { spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** The folder that keeps what every checkout of this user shares. */
export const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "beamline");

/**
 * A path in the cache for one part of the test cluster; the key names all that the part depends on.
 * @param {string} name
 * @param {string} key
 */
export function cached(name, key) {
  return join(CACHE, `kubernetes-${name}-${key}`);
}

/**
 * The path `at`, made by `make` if nothing is there. One process makes it while others wait, and it
 * shows only when it is whole: a run that was killed leaves nothing that looks finished.
 * @param {string} at
 * @param {(scratch: string) => Promise<string>} make fills an empty folder; its answer is what to keep
 * @returns {Promise<string>}
 */
export async function ensure(at, make) {
  if (existsSync(at)) return at;
  mkdirSync(dirname(at), { recursive: true });
  const unlock = await lock(`${at}.lock`);
  const scratch = `${at}.scratch`;
  try {
    if (existsSync(at)) return at;
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch);
    renameSync(await make(scratch), at);
    return at;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    unlock();
  }
}

/**
 * Waits until no other process holds the lock. It goes with this process, whichever way that ends.
 * @param {string} path
 * @returns {Promise<() => void>} releases it
 */
export function lock(path) {
  return new Promise((resolve, reject) => {
    const holder = spawn("flock", [path, "sh", "-c", "echo; read -r _"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    holder.on("error", reject);
    holder.on("exit", () => reject(new Error(`Cannot lock ${path}: flock ended; see above`)));
    holder.stdout.once("data", () => resolve(() => void holder.stdin.end()));
  });
}

/** @param {string} text talk, on stderr */
export function say(text) {
  console.error(`kubernetes: ${text}`);
}
