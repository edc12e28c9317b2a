import { readFileSync } from "node:fs";

// Entry of a worker process. Nothing of ours is imported before Node is known to be able to.

const OLDEST_NODE = 20;
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
  const { runBoot, reportDeath } = await import("./run-boot.js");
  const [first = "", ...rest] = process.argv.slice(2);
  if (first.startsWith(REPORT)) {
    await reportDeath(first.slice(REPORT.length), rest);
    return 0;
  }
  const threads = Number(process.env.BEAMLINE_WORKER_THREADS);
  return await runBoot({
    args: process.argv.slice(2),
    version: ownVersion(),
    threads: Number.isInteger(threads) && threads > 0 ? threads : undefined,
    signal: stop.signal,
  });
}

function ownVersion(): string {
  const manifest = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  const parsed: unknown = JSON.parse(manifest);
  const { version } = parsed as { readonly version: string };
  return version;
}

// Worker threads of a pipeline that never yields must not keep the process.
process.exit(await main());
