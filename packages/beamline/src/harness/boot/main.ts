import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Entry of a worker process. Nothing of ours is imported before Node is known to be able to.

const OLDEST_NODE = 20;
const PARENT_LOOK_MS = 2000;
/** Given by bin/beamline-boot, when a worker has ended without a word. */
const REPORT = "--beamline_report=";

async function main(): Promise<number> {
  const [major = "0"] = process.versions.node.split(".");
  if (Number(major) < OLDEST_NODE) {
    console.error(
      `Cannot start the worker: Node ${process.versions.node} is too old; install Node ${OLDEST_NODE} or later on the workers`,
    );
    return 1;
  }
  const stop = new AbortController();
  process.once("SIGTERM", () => stop.abort());
  process.once("SIGINT", () => stop.abort());
  endWithParent(stop);
  const [first = "", ...rest] = process.argv.slice(2);
  if (first.startsWith(REPORT)) {
    const { reportDeath } = await import("./run-boot.js");
    await reportDeath(first.slice(REPORT.length), rest);
    return 0;
  }
  if (POOL.test(first)) return await servePoolUntil(stop.signal, rest[0]);
  const { startLaneThread } = await import("../lanes/start-lane-thread.js");
  const firstThread = startLaneThread();
  const { runBoot } = await import("./run-boot.js");
  const threads = Number(process.env.BEAMLINE_WORKER_THREADS);
  return await runBoot({
    args: process.argv.slice(2),
    version: ownVersion(),
    threads: Number.isInteger(threads) && threads > 0 ? threads : undefined,
    startedThreads: [firstThread],
    signal: stop.signal,
  });
}

/** `--worker_pool [ADDRESS]`, as Beam's own containers have it. */
const POOL = /^--?worker_pool$/;

async function servePoolUntil(signal: AbortSignal, address: string | undefined): Promise<number> {
  const { DEFAULT_POOL_ADDRESS, servePool } = await import("./worker-pool-process.js");
  const { grpcNetwork } = await import("../../transport/grpc/grpc-network.js");
  const server = await servePool({
    network: grpcNetwork,
    address: address ?? DEFAULT_POOL_ADDRESS,
    command: [process.execPath, fileURLToPath(import.meta.url)],
  });
  console.error(`Worker pool at ${server.address}`);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  await server.close();
  return 0;
}

/** A worker whose starter was killed has nobody who will ever tell it to end. */
function endWithParent(stop: AbortController): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop.abort();
  }, PARENT_LOOK_MS).unref();
}

/** From the package.json above this file, however deep it lies: it is bundled in several ways. */
function ownVersion(): string {
  for (let folder = new URL(".", import.meta.url); ; folder = new URL("..", folder)) {
    const manifest = new URL("package.json", folder);
    if (!existsSync(manifest)) continue;
    const parsed: unknown = JSON.parse(readFileSync(manifest, "utf8"));
    const { version } = parsed as { readonly version: string };
    return version;
  }
}

// Worker threads of a pipeline that never yields must not keep the process.
process.exit(await main());
