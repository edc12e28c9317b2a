import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ToolOptions {
  readonly env: Environment;
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
  /** Each line of either stream, as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface ToolResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  /** Both streams together. */
  readonly output: string;
}

/** Runs a program to its end; undefined when there is no such program. */
export async function runTool(
  command: string,
  args: readonly string[],
  { env, cwd, signal, onLine }: ToolOptions,
): Promise<ToolResult | undefined> {
  signal?.throwIfAborted();
  const child = spawn(command, args, { cwd, env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const merged = new PassThrough();
  for (const stream of [child.stdout, child.stderr]) stream.pipe(merged, { end: false });
  const stop = (): boolean => child.kill("SIGTERM");
  signal?.addEventListener("abort", stop, { once: true });
  const ended = new Promise<number | null | undefined>((resolve, reject) => {
    child.once("error", (error) => {
      merged.end();
      if ("code" in error && error.code === "ENOENT") resolve(undefined);
      else reject(error);
    });
    child.once("close", (code) => {
      merged.end();
      resolve(code);
    });
  });
  try {
    const lines: string[] = [];
    const reading = (async () => {
      for await (const line of createInterface({ input: merged, crlfDelay: Infinity })) {
        lines.push(line);
        onLine?.(line);
      }
    })();
    const [exitCode] = await Promise.all([ended, reading]);
    signal?.throwIfAborted();
    return exitCode === undefined ? undefined : { exitCode, output: lines.join("\n") };
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
