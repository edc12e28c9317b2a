import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A job server in a process of its own, which logs to a file. */
export class ServerProcess {
  readonly folder: string;
  readonly logFile: string;
  private readonly child: ChildProcess;
  private readonly name: string;
  private ended: string | undefined;

  constructor(name: string, command: string, args: (folder: string) => readonly string[]) {
    this.name = name;
    this.folder = mkdtempSync(join(tmpdir(), `beamline-${name}-`));
    this.logFile = join(this.folder, "server.log");
    const log = openSync(this.logFile, "w");
    this.child = spawn(command, args(this.folder), { stdio: ["ignore", log, log] });
    closeSync(log);
    this.child.once("error", (error) => {
      this.ended = error.message;
    });
    this.child.once("exit", (code, signal) => {
      this.ended ??= `it ended with ${code ?? signal}`;
    });
  }

  get log(): string {
    return readFileSync(this.logFile, "utf8");
  }

  /** Waits until `find` finds what it looks for, mostly a port, in the log or elsewhere. */
  async until<T>(find: (log: string) => T | undefined, timeoutMs = 60_000): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = find(this.log);
      if (found !== undefined) return found;
      if (this.ended !== undefined || Date.now() > deadline) {
        const state = this.ended ?? `it was not ready within ${timeoutMs / 1000} s`;
        const { log } = this;
        await this.stop();
        throw new Error(`Cannot start ${this.name}: ${state}; its log says:\n${log.slice(-4_000)}`);
      }
      await sleep(50);
    }
  }

  /** Ends the process; keeps its log when asked to, and says where. */
  async stop(keepLog = false): Promise<void> {
    if (this.ended === undefined) {
      const ended = new Promise((resolve) => this.child.once("exit", resolve));
      this.child.kill("SIGTERM");
      const timer = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
      await ended;
      clearTimeout(timer);
    }
    if (keepLog) console.error(`The log of ${this.name} is in ${this.logFile}`);
    else rmSync(this.folder, { recursive: true, force: true });
  }
}
