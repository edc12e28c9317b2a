// Runs the pod tests in a cluster of their own: brings it up, runs vitest inside, brings it down.
//
//   node tools/kubernetes/test.mjs [--name NAME] [vitest options and filters]
//
// Ends as vitest does. Where no cluster can run it ends with 75 and says why: on a machine that has
// not built the servers or is not for it; in CI only when they are still being built at the time
// that BEAMLINE_KUBERNETES_DEADLINE names (seconds since 1970). After the time that
// BEAMLINE_POD_TESTS_UNTIL names, only the smoke test is run.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { missingForPods } from "./packages.mjs";
import { missingParts } from "./prepare.mjs";

/** @import { ChildProcess } from "node:child_process" */

const CLUSTER = join(import.meta.dirname, "cluster.mjs");
const VITEST = join(import.meta.dirname, "../../node_modules/vitest/vitest.mjs");
const LEFT_OUT = 75;

const rest = process.argv.slice(2);
const at = rest.indexOf("--name");
const name = at === -1 ? `tests-${process.pid}` : (rest.splice(at, 2)[1] ?? "");

let stopping = false;
/** @type {ChildProcess | undefined} */
let current;
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => {
    stopping = true;
    current?.kill(signal);
  });
}

const obstacles = process.env.CI === undefined ? localObstacles() : [];
if (obstacles.length > 0) {
  console.error(`SKIPPED: the pod tests: ${obstacles.join("; ")}`);
  process.exitCode = LEFT_OUT;
} else {
  process.exitCode = await test();
}

/** What keeps a developer's machine from running the tests now; CI has to make it happen. */
function localObstacles() {
  const parts = missingParts("pod");
  const build = `run node tools/kubernetes/build.mjs (20 minutes) for ${parts.join(", ")}`;
  return [...missingForPods(), ...(parts.length > 0 ? [build] : [])];
}

async function test() {
  const deadline = Number(process.env.BEAMLINE_KUBERNETES_DEADLINE ?? Number.POSITIVE_INFINITY);
  const seconds = Math.max(0, Math.round(deadline - Date.now() / 1000));
  const budget = Number.isFinite(seconds) ? ["--budget", `${seconds}`] : [];
  await fetchMaterials();
  let code = await node(CLUSTER, "up", "--name", name, ...budget);
  // A quarter of an hour on a machine of two cores, and more where others share it.
  const until = Number(process.env.BEAMLINE_POD_TESTS_UNTIL ?? Number.POSITIVE_INFINITY);
  if (Date.now() / 1000 > until) {
    console.error("LEFT OUT: all pod tests but smoke: it is later than BEAMLINE_POD_TESTS_UNTIL");
    rest.push("pods/smoke");
  }
  if (code === 0 && !stopping) {
    const vitest = [process.execPath, VITEST, "run", "--project", "kubernetes", ...rest];
    code = await node(CLUSTER, "exec", "--name", name, "--", ...vitest);
  }
  const down = await node(CLUSTER, "down", "--name", name);
  return code === 0 ? down : code;
}

/**
 * Fetches what the tests put into images, and Spark: there is no way out of the cluster. Loaded here
 * because it needs the build, which the reasons for not running the tests do not.
 */
async function fetchMaterials() {
  const { imageMaterials } = await import("../../packages/cli/dist/image/image-materials.js");
  const { platforms } = await import("../../packages/cli/dist/image/node-release.js");
  const { ensureSpark } = await import("../../packages/cli/dist/jvm/spark-installation.js");
  const { env } = process;
  await imageMaterials({ platforms: [...platforms], s3a: true, cwd: process.cwd(), env });
  await ensureSpark();
}

/**
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function node(...args) {
  return new Promise((resolve, reject) => {
    current = spawn(process.execPath, args, { stdio: "inherit" });
    current.on("error", reject);
    current.on("exit", (ended) => resolve(ended ?? 1));
  });
}
