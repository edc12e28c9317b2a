import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** @import { ChildProcess } from "node:child_process" */

/** Long enough for a machine that many share; what is broken says so earlier by ending. */
const WAIT_MS = 300_000;

/**
 * The servers of one cluster, each with a log of its own. They end when this process does, however
 * that comes about.
 */
export class Servers {
  /** @type {Map<string, ChildProcess>} */
  #running = new Map();
  #stopping = false;
  /**
   * Why the cluster cannot go on, once a server has ended.
   * @type {Error | undefined}
   */
  #failure;

  /** @param {string} logs folder */
  constructor(logs) {
    this.logs = logs;
    mkdirSync(logs, { recursive: true });
  }

  /**
   * @param {string} name
   * @param {string} program
   * @param {readonly string[]} args
   * @param {Record<string, string>} [env] added to this process's
   */
  start(name, program, args, env = {}) {
    const log = openSync(join(this.logs, `${name}.log`), "a");
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", program, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    child.on("error", (error) => this.#ended(name, error.message));
    child.on("exit", (code, signal) => this.#ended(name, `ended with ${signal ?? code}`));
    this.#running.set(name, child);
  }

  /**
   * Waits for a condition, which may throw while it does not hold yet.
   * @template T
   * @param {string} what
   * @param {() => Promise<T | false | undefined> | T | false | undefined} condition
   * @returns {Promise<T>}
   */
  async until(what, condition) {
    const deadline = performance.now() + WAIT_MS;
    /** @type {unknown} */
    let last;
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      try {
        const value = await condition();
        if (value !== false && value !== undefined) return value;
      } catch (error) {
        last = error;
      }
      if (performance.now() > deadline) {
        const why = last instanceof Error ? `: ${last.message}` : "";
        throw new Error(
          `Cannot start the cluster: waited in vain for ${what}${why}; logs are in ${this.logs}`,
        );
      }
      await setTimeout(50);
    }
  }

  /** Ends all of them and waits until they have. */
  async stop() {
    this.#stopping = true;
    const ends = [...this.#running.values()].map(
      (child) => new Promise((resolve) => child.once("exit", resolve)),
    );
    for (const child of this.#running.values()) child.kill("SIGKILL");
    await Promise.all(ends);
  }

  /**
   * @param {string} name
   * @param {string} how
   */
  #ended(name, how) {
    this.#running.delete(name);
    if (this.#stopping) return;
    const log = readFileSync(join(this.logs, `${name}.log`), "utf8");
    const tail = log.trimEnd().split("\n").slice(-15).join("\n");
    const failure = new Error(`Cannot run the cluster: ${name} ${how}; its log ends:\n${tail}`);
    this.#failure ??= failure;
    // Nobody may be waiting any more.
    console.error(failure.message);
  }
}
