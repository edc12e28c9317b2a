import { type FileHandle, open, readFile, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";

const POLL_MS = 300;

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once when another process has it. */
  readonly onWait?: () => void;
}

/**
 * Calls `work` while no other process that asks for the same lock does. The lock of a process that
 * died on this machine is taken over.
 *
 * Made to save work: two processes may both find a dead one's lock and, rarely, both go on. What
 * they make must be published in one step.
 */
export async function withFileLock<Result>(
  path: string,
  { signal, onWait }: LockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  let waited = false;
  let lock = await tryLock(path);
  while (lock === undefined) {
    if (!waited) onWait?.();
    waited = true;
    await setTimeout(POLL_MS, undefined, signal && { signal });
    await dropIfDead(path);
    lock = await tryLock(path);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<true | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, "wx");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return undefined;
    throw error;
  }
  try {
    await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }));
  } finally {
    await file.close();
  }
  return true;
}

async function dropIfDead(path: string): Promise<void> {
  const owner = await readFile(path, "utf8").catch(() => "");
  if (owner === "" || isAlive(owner)) return;
  const aside = `${path}.${process.pid}`;
  // Only one of several processes gets it away.
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { force: true });
}

function isAlive(owner: string): boolean {
  const [, pid] = /"pid":(\d+)/.exec(owner) ?? [];
  if (pid === undefined || !owner.includes(JSON.stringify(hostname()))) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
