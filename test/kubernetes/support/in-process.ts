import { main } from "../../../packages/cli/src/main.js";
import type { Output } from "../../../packages/cli/src/terminal/cli.js";

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

class Recorder implements Output {
  text = "";
  readonly isTerminal = false;
  readonly columns = 100;

  write(text: string): void {
    this.text += text;
  }
}
