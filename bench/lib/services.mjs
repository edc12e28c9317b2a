import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { treeUsage } from "./process-tree.mjs";

/**
 * @typedef {import("./plan.mjs").Service} Service
 *
 * @typedef {object} RunningService
 * @property {string} address
 * @property {() => import("./process-tree.mjs").TreeUsage} usage so far
 * @property {() => Promise<void>} stop
 */

/** The services of a run: each is started when it is first needed, and serves until the end. */
export class Services {
  /** @type {Map<string, Promise<RunningService>>} */
  #running = new Map();
  #cwd;
  #signal;

  /** @param {{ cwd: string, signal: AbortSignal }} options */
  constructor({ cwd, signal }) {
    this.#cwd = cwd;
    this.#signal = signal;
  }

  /**
   * The one that everybody shares.
   *
   * @param {Service} service
   */
  shared(service) {
    const running = this.#running.get(service.id) ?? this.fresh(service);
    this.#running.set(service.id, running);
    return running;
  }

  /**
   * One that the caller has alone, and stops.
   *
   * @param {Service} service
   */
  fresh(service) {
    return startService(service, { cwd: this.#cwd, signal: this.#signal });
  }

  async stop() {
    const settled = await Promise.allSettled(this.#running.values());
    for (const service of settled) {
      if (service.status === "fulfilled") await service.value.stop();
    }
  }
}

/**
 * Starts a service and waits for the line in which it says where it listens.
 *
 * @param {Service} service
 * @param {{ cwd: string, signal: AbortSignal }} options
 * @returns {Promise<RunningService>} rejects with the end of its error output if it ends before that
 */
export async function startService({ id, command }, { cwd, signal }) {
  signal.throwIfAborted();
  const [program = "", ...args] = command;
  // Its own process group, so that what it starts ends with it.
  const child = spawn(program, args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  const end = () => killGroup(child.pid, "SIGTERM");
  process.once("exit", end);
  signal.addEventListener("abort", end, { once: true });

  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
    errors = (errors + text).slice(-4000);
  });
  const lines = createInterface({ input: child.stdout });
  const address = await Promise.race([
    once(lines, "line").then(([line]) => String(line)),
    closed.then(() => undefined),
  ]);
  lines.on("line", () => {});
  const forget = () => {
    process.off("exit", end);
    signal.removeEventListener("abort", end);
  };
  if (address === undefined) {
    forget();
    throw new Error(`Cannot start the ${id}: it ended with ${child.exitCode}; it said:\n${errors}`);
  }
  return {
    address,
    usage: () => treeUsage(child.pid ?? 0),
    async stop() {
      end();
      await closed;
      forget();
    },
  };
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function killGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It is over.
  }
}
