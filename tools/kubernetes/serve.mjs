// Runs the servers of one test cluster until it is told to end: `node serve.mjs TIER FOLDER`. SIGTERM
// and SIGINT do that; with --until-stdin-ends that does too, and the folder goes then.
//
// Once all servers answer, FOLDER/cluster.json describes the cluster, and stdout has the same as one
// line. Meant for cluster.mjs and for the support of tests.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SPARK } from "./base-image.mjs";
import { startControlPlane } from "./control-plane.mjs";
import { startDns } from "./dns.mjs";
import { NODE, setUpNetwork } from "./network.mjs";
import { startNode } from "./node.mjs";
import { installOperator, JOB_NAMESPACE, SERVICE_ACCOUNT } from "./operator.mjs";
import { prepare } from "./prepare.mjs";
import { Servers } from "./servers.mjs";
import { REGISTRY, S3, startStores } from "./stores.mjs";

/** @import { Parts } from "./prepare.mjs" */

const [tier, folder = ""] = process.argv.slice(2);
if ((tier !== "schema" && tier !== "pod") || folder === "") {
  console.error("Cannot serve: usage is `serve.mjs schema|pod FOLDER`");
  process.exit(2);
}
const servers = new Servers(join(folder, "logs"));

for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT"])) process.on(signal, stop);
const borrowed = process.argv.includes("--until-stdin-ends");
if (borrowed) process.stdin.on("end", stop).resume();

try {
  const cluster = await start(folder, await prepare(tier, folder));
  const text = JSON.stringify(cluster);
  writeFileSync(join(folder, "cluster.json.part"), `${text}\n`);
  renameSync(join(folder, "cluster.json.part"), join(folder, "cluster.json"));
  console.log(text);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await servers.stop();
  process.exit(1);
}
// Keeps this process, and so the servers, alive.
setInterval(() => {}, 1 << 30);

async function stop() {
  await servers.stop();
  if (borrowed) rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

/**
 * @param {string} at
 * @param {Parts} parts
 */
async function start(at, parts) {
  const { programs, crds, images } = parts;
  const pods = tier === "pod";
  if (pods) await setUpNetwork();
  const stores = pods ? startStores({ servers, folder: at, programs, images }) : undefined;
  const address = pods ? { address: NODE, port: 6443 } : { address: "127.0.0.1" };
  const access = await startControlPlane({ servers, folder: at, programs, crds, ...address });
  const { server, token } = access;
  const cluster = { tier, folder: at, kubeconfig: join(at, "kubeconfig"), server, token };
  if (!pods) return cluster;
  await Promise.all([
    stores,
    startDns({ servers, folder: at, programs }),
    startNode({ servers, folder: at, programs, access }),
  ]);
  await installOperator({ servers, access, version: parts.operator });
  return {
    ...cluster,
    registry: REGISTRY,
    spark: `${REGISTRY}/spark:${SPARK}`,
    s3: S3,
    jobNamespace: JOB_NAMESPACE,
    serviceAccount: SERVICE_ACCOUNT,
  };
}
