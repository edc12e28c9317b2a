import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../packages/cli/bin/beamline.js", import.meta.url));

export interface CommandEnded {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd: string;
  /** Instead of this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** May send it signals. */
  readonly watch?: (child: ChildProcess) => void;
}

/** Runs the `beamline` command in a process of its own. */
export function beamline(
  argv: readonly string[],
  { cwd, env = process.env, watch }: CommandOptions,
): Promise<CommandEnded> {
  const child = spawn(process.execPath, [COMMAND, ...argv], { cwd, env: { ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  watch?.(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
