import { main } from "../../../packages/cli/src/main.js";
import { Recorder } from "./recorder.js";

/** The command in this process, as it is in the sources: what it printed, and its exit code. */
export async function runCli(
  argv: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const stdout = new Recorder();
  const stderr = new Recorder();
  const cancellation = () => new AbortController().signal;
  const code = await main({ argv, cwd, env, stdout, stderr, cancellation });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
