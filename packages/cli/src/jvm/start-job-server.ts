import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import type { Command } from "./java-command.js";
import { AddressReader, type JobServerAddresses } from "./job-server-addresses.js";
import type { Environment } from "./run-tool.js";
import { toolError } from "./tool-error.js";

export interface StartOptions {
  readonly env?: Environment;
  /** Gives up waiting for the start; default: 60 s. */
  readonly startTimeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Each line of its log. */
  readonly onLog?: (line: string) => void;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;
const LAST_LINES = 20;

/** A job server that this process started, and ends with it. */
export class JobServer {
  readonly addresses: JobServerAddresses;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, addresses: JobServerAddresses) {
    this.child = child;
    this.addresses = addresses;
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @throws BeamlineError `JOB_SERVER_FAILED` with its last words
   */
  static async start(command: Command, options: StartOptions = {}): Promise<JobServer> {
    const { env = process.env, signal, startTimeoutMs = START_TIMEOUT_MS } = options;
    signal?.throwIfAborted();
    const child = spawn(command.command, command.args, {
      env: { ...env, ...command.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const kill = (): boolean => child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("close", () => process.off("exit", kill));
    try {
      return new JobServer(child, await listening(child, startTimeoutMs, options));
    } catch (error) {
      await stop(child);
      throw error;
    }
  }

  /** Settles when the server has ended, on its own or not, with its exit code. */
  async ended(): Promise<number | null> {
    if (isRunning(this.child)) await once(this.child, "close");
    return this.child.exitCode;
  }

  async stop(): Promise<void> {
    await stop(this.child);
  }
}

async function listening(
  child: ChildProcess,
  timeoutMs: number,
  { signal, onLog }: StartOptions,
): Promise<JobServerAddresses> {
  const last: string[] = [];
  const reader = new AddressReader();
  const limit = AbortSignal.timeout(timeoutMs);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  return new Promise((resolve, reject) => {
    const fail = (state: string): void => reject(startError(state, last));
    const onLine = (line: string): void => {
      onLog?.(line);
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
      const addresses = reader.read(line);
      if (addresses !== undefined) resolve(addresses);
    };
    // They are read to the end, or the server would stand still with full pipes.
    for (const input of [child.stdout, child.stderr]) {
      if (input !== null) createInterface({ input }).on("line", onLine);
    }
    child.once("error", (error) => fail(error.message));
    child.once("close", (code, by) => fail(`it ended with ${by ?? `code ${code}`}`));
    either.addEventListener(
      "abort",
      () => {
        if (signal?.aborted) reject(signal.reason);
        else fail(`it did not listen within ${timeoutMs / 1000} s`);
      },
      { once: true },
    );
  });
}

function startError(state: string, last: readonly string[]): Error {
  const words = last.length === 0 ? "it said nothing" : `its last words:\n  ${last.join("\n  ")}`;
  return toolError("JOB_SERVER_FAILED", `Cannot start the job server: ${state}; ${words}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  const patience = new AbortController();
  const killing = setTimeout(STOP_TIMEOUT_MS, undefined, { signal: patience.signal }).then(
    () => child.kill("SIGKILL"),
    () => false,
  );
  await closed;
  patience.abort();
  await killing;
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
