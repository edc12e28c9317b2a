import { main } from "../../../packages/cli/dist/main.js";
import { Recorder } from "./recorder.js";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What the built command prints, in this process: for questions that are asked again and again, as a
 * process of its own takes half a second of a processor each time.
 */
export async function ask(
  argv: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Env },
): Promise<string> {
  const stdout = new Recorder();
  const stderr = new Recorder();
  const cancellation = () => new AbortController().signal;
  const code = await main({ argv, cwd, env, stdout, stderr, cancellation });
  if (code !== 0) throw new Error(`beamline ${argv.join(" ")} ended with ${code}: ${stderr.text}`);
  return stdout.text;
}
