import { homedir } from "node:os";
import { join } from "node:path";

/** Where the parts of images are kept for this user, whatever the project. */
export function imageCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "beamline", "image");
}
