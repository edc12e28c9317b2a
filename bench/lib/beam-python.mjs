import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache.mjs";

/**
 * The interpreter of the environment that has Beam Python 2.62.0.
 *
 * @param {string} root the repository
 * @param {{ install: boolean }} options `install` sets the environment up where it is missing,
 *   which takes minutes and a network
 * @returns {string | undefined} a path; undefined where it is missing and not to be installed
 */
export function findBeamPython(root, { install }) {
  const cached = join(cacheFolder(), "beam-python-2.62.0", "bin", "python");
  if (existsSync(cached)) return cached;
  if (!install) return undefined;
  const script = spawnSync(join(root, "tools", "beam-python.sh"), {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const folder = script.stdout?.trim().split("\n").at(-1) ?? "";
  const python = join(folder, "bin", "python");
  if (script.status === 0 && folder !== "" && existsSync(python)) return python;
  throw new Error(
    `Cannot run the python peer: tools/beam-python.sh ended with ${script.status}; ` +
      "see its messages above, or leave python out of --peers",
  );
}
