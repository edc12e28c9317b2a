import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { packageFolder } from "./package-of.js";

/**
 * Where bundles of a file are kept: `node_modules/.cache/beamline` of its package, or the user's
 * own cache folder where there is no package or it cannot be written.
 */
export function cacheFolderFor(
  entry: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const own = packageFolder(entry);
  const candidate = own && join(own, "node_modules", ".cache", "beamline");
  return candidate !== undefined && isWritable(candidate) ? candidate : userCacheFolder(env);
}

function isWritable(folder: string): boolean {
  try {
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function userCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const home = homedir();
  const base =
    env.XDG_CACHE_HOME ??
    env.LOCALAPPDATA ??
    (process.platform === "darwin" ? join(home, "Library", "Caches") : join(home, ".cache"));
  return join(base, "beamline");
}
