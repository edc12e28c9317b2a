// A real Kubernetes for tests, on this machine alone:
//
//   node tools/kubernetes/cluster.mjs up [--tier pod|schema] [--budget SECONDS]
//   node tools/kubernetes/cluster.mjs exec -- COMMAND   runs it where the cluster can be reached
//   node tools/kubernetes/cluster.mjs status            the cluster as JSON; 1 if there is none
//   node tools/kubernetes/cluster.mjs down              leaves nothing, also of one that crashed
//
// `--tier schema` is etcd, an API server and the operator's types, on 127.0.0.1. `--tier pod` is all
// of it: a node that runs pods, the operator with its webhook, DNS, an image registry and an S3
// server, in namespaces of their own without a route outside; it needs root and Debian's packages
// (tools/kubernetes/packages.sh). What is missing is built first; `--budget` says how long that may
// take before `up` gives up with exit code 75. `--name` tells clusters of one machine apart.
import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { say } from "./cache.mjs";
import { folderOf, groupOf, MARK, processesOf, remove, runningCluster } from "./cluster-state.mjs";
import { missingForPods } from "./packages.mjs";
import { ensureParts, missingParts } from "./prepare.mjs";

const USAGE =
  "Cannot tell what to do: usage is `cluster.mjs up|exec|status|down`, see its first lines";
/** As in sysexits.h: try again later. */
const OUT_OF_TIME = 75;

const own = process.argv.slice(2);
const dashes = own.indexOf("--");
const command = dashes === -1 ? [] : own.slice(dashes + 1);
const { values, positionals } = parseArgs({
  args: dashes === -1 ? own : own.slice(0, dashes),
  allowPositionals: true,
  options: {
    tier: { type: "string", default: "pod" },
    name: { type: "string", default: "main" },
    budget: { type: "string" },
  },
});
const { name } = values;
const tier = values.tier === "pod" || values.tier === "schema" ? values.tier : fail(USAGE, 2);
if (!/^[a-z0-9-]{1,20}$/.test(name)) fail(USAGE, 2);

switch (positionals.join(" ")) {
  case "up":
    await up();
    break;
  case "down":
    await remove(name);
    break;
  case "status": {
    const cluster = runningCluster(name);
    if (cluster === undefined) fail(`There is no cluster called ${name}`, 1);
    console.log(JSON.stringify(cluster, undefined, 2));
    break;
  }
  case "exec":
    exec();
    break;
  default:
    fail(USAGE, 2);
}

async function up() {
  const found = runningCluster(name);
  if (found !== undefined && found.tier === tier) {
    say(`${name} is up already: ${found.kubeconfig}`);
    return;
  }
  if (tier === "pod") {
    const missing = missingForPods();
    if (missing.length > 0) fail(`Cannot start a node: ${missing.join("; ")}`, 1);
  }
  // Here and not in the cluster, which has no way out.
  const built = ensureParts(tier).then(() => true);
  const ready = missingParts(tier).length === 0 ? built : Promise.race([built, outOfTime()]);
  const inTime = await ready.catch((error) => fail(error.message, 1));
  if (!inTime) {
    const missing = missingParts(tier).join(", ");
    fail(
      `Cannot start the cluster: not built in ${values.budget} s: ${missing}; run node tools/kubernetes/build.mjs`,
      OUT_OF_TIME,
    );
  }
  await remove(name);
  const folder = folderOf(name);
  mkdirSync(join(folder, "logs"), { recursive: true });
  const talk = join(folder, "logs", "serve.log");
  const serve = [process.execPath, join(import.meta.dirname, "serve.mjs"), tier, folder];
  const isolated = [
    "sh",
    join(import.meta.dirname, "isolate.sh"),
    groupOf(name),
    join(folder, "var"),
    ...serve,
  ];
  const [program = "", ...args] = tier === "pod" ? isolated : serve;
  const output = openSync(talk, "a");
  const server = spawn(program, args, {
    detached: true,
    env: { ...process.env, [MARK]: name },
    stdio: ["ignore", output, output],
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, async () => {
      await remove(name);
      process.exit(1);
    });
  }
  const started = performance.now();
  for (;;) {
    const cluster = runningCluster(name);
    if (cluster !== undefined) {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      say(`up in ${seconds} s: ${cluster.kubeconfig}`);
      break;
    }
    if (server.exitCode !== null || server.signalCode !== null) {
      const why = readFileSync(talk, "utf8").trim();
      await remove(name);
      fail(why, 1);
    }
    await setTimeout(100);
  }
  process.exit();
}

function exec() {
  const cluster = runningCluster(name);
  const [program, ...args] = command;
  if (cluster === undefined) fail(`Cannot run it: no cluster is up; run cluster.mjs up`, 1);
  if (program === undefined) fail(USAGE, 2);
  const inside = cluster.tier === "pod" ? ["nsenter", `--net=/proc/${insider()}/ns/net`, "--"] : [];
  const [first = "", ...rest] = [...inside, program, ...args];
  const child = spawn(first, rest, {
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig, BEAMLINE_TEST_CLUSTER_NAME: name },
    stdio: "inherit",
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => fail(`Cannot run ${program}: ${error.message}`, 127));
  child.on("exit", (code) => process.exit(code ?? 1));
}

/** A process inside the cluster's namespaces: the servers are, what starts them may not be. */
function insider() {
  const inside = processesOf(name).find((id) =>
    readFileSync(`/proc/${id}/cmdline`, "utf8").includes("kube-apiserver"),
  );
  return (
    inside ?? fail("Cannot reach the cluster: its API server has ended; run cluster.mjs down", 1)
  );
}

/** @returns {Promise<false>} where there is a budget; else it never ends */
async function outOfTime() {
  if (values.budget === undefined) return new Promise(() => {});
  return setTimeout(Number(values.budget) * 1000, false);
}

/**
 * @param {string} message
 * @param {number} code
 * @returns {never}
 */
function fail(message, code) {
  console.error(message);
  process.exit(code);
}
