import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache.mjs";

/** @typedef {"python" | "pyspark"} EnvironmentName as `--peers` names it */

/** @type {Readonly<Record<EnvironmentName, { title: string, folder: string, script: string }>>} */
const ENVIRONMENTS = {
  python: { title: "Beam Python", folder: "beam-python-2.62.0", script: "beam-python.sh" },
  pyspark: { title: "PySpark", folder: "pyspark-3.5.3", script: "pyspark.sh" },
};

/**
 * The interpreter of an environment that peers run in.
 *
 * @param {EnvironmentName} name
 * @param {string} root the repository
 * @param {{ install: boolean, say: (line: string) => void }} options `install` sets the environment
 *   up where it is missing, which takes minutes and a network
 * @returns {string | undefined} a path; undefined where it is missing and not to be installed
 */
export function findPython(name, root, { install, say }) {
  const { title, folder, script } = ENVIRONMENTS[name];
  const cached = join(cacheFolder(), folder, "bin", "python");
  if (existsSync(cached)) return cached;
  if (!install) {
    say(`Without ${title}: it is not installed; name ${name} in --peers to install and run it.`);
    return undefined;
  }
  const made = spawnSync(join(root, "tools", script), {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const venv = made.stdout?.trim().split("\n").at(-1) ?? "";
  const python = join(venv, "bin", "python");
  if (made.status === 0 && venv !== "" && existsSync(python)) return python;
  throw new Error(
    `Cannot run the peer ${name}: tools/${script} ended with ${made.status}; ` +
      `see its messages above, or leave ${name} out of --peers`,
  );
}
