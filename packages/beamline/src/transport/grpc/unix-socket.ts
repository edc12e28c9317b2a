import { lstat, rm } from "node:fs/promises";
import { connect } from "node:net";

/** The file of a `unix:` address; undefined for other addresses. */
export function unixSocketPath(address: string): string | undefined {
  if (!address.startsWith("unix:")) return undefined;
  const rest = address.slice("unix:".length);
  return rest.startsWith("///") ? rest.slice(2) : rest;
}

/** Removes the socket that a dead process has left behind; one that somebody serves stays. */
export async function removeStaleSocket(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isSocket() !== true) return;
  if (!(await answers(path))) await rm(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
