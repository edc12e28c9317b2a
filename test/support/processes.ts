import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";

/** What to start, as the command line's own code describes it. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  /** To be added to the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a server whose output nobody reads. */
export function start({ command, args, env }: Command): ChildProcess {
  return spawn(command, args, { env: { ...process.env, ...env }, stdio: "ignore" });
}

/** Ends a process and waits until it has. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}

export interface Ended {
  /** -1 where a signal ended it. */
  readonly code: number;
  /** Both streams together. */
  readonly output: string;
}

/** Runs a program to its end. */
export async function run({ command, args, env }: Command): Promise<Ended> {
  const child = spawn(command, args, { env: { ...process.env, ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data: Buffer) => {
      output += data.toString();
    });
  }
  const [code]: unknown[] = await once(child, "close");
  return { code: typeof code === "number" ? code : -1, output };
}

/** Polls for a minute. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await condition().catch(() => false)) return;
    await setTimeout(100);
  }
  throw new Error(`waited in vain for ${what}`);
}

export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "localhost"));
  const ports: number[] = [];
  for (const server of servers) {
    if (!server.listening) await once(server, "listening");
    const address = server.address();
    if (address !== null && typeof address === "object") ports.push(address.port);
  }
  for (const server of servers) {
    server.close();
    await once(server, "close");
  }
  return ports;
}
