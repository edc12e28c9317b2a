import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where a person's benchmark inputs, records and peers are kept between runs.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string} `$XDG_CACHE_HOME/beamline`, or `~/.cache/beamline`
 */
export function cacheFolder(environment = process.env) {
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "beamline");
}
