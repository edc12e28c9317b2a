import { podWords } from "../deploy/watch-view.js";
import { diagnoseApp } from "../doctor/diagnosis/app-diagnosis.js";
import { findingLines } from "../doctor/diagnosis/finding-lines.js";
import { describeError } from "../errors/describe-error.js";
import { renderError } from "../errors/render-error.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { showLines } from "./app-lines.js";
import { podsOf } from "./pods.js";
import { sourceRoot } from "./source-root.js";
import { type AppFlags, withApp } from "./with-app.js";

/** Prints what is known of an application, and why it failed if it did. */
export async function showApp(
  name: string,
  flags: AppFlags,
  cli: Cli,
  terminal: Terminal,
): Promise<void> {
  await withApp(name, flags, cli, async ({ client, app, object, signal }) => {
    const pods = await podsOf(client, app.namespace, name, signal);
    const healthy = ["RUNNING", "COMPLETED", "SUCCEEDING", "SUSPENDED"].includes(app.state);
    const root = sourceRoot(cli.cwd);
    const { userError, findings } =
      healthy || app.cancelled
        ? { userError: undefined, findings: [] }
        : await diagnoseApp({ client, object, file: undefined, root, signal });
    const error = userError === undefined ? undefined : describeError(userError, cli.cwd);
    if (terminal.json) {
      const { frames, stacks, ...rest } = error ?? { frames: [], stacks: [] };
      terminal.document({ ...app, pods, findings, userError: error === undefined ? null : rest });
      return;
    }
    const style = terminal.dataStyle;
    const lines = showLines(app, pods, podWords, Date.now(), style);
    if (error !== undefined) {
      lines.push("", ...renderError(error, { cwd: cli.cwd, style, verbose: false }));
    } else if (findings.length > 0) {
      lines.push("", ...findingLines(findings, { width: terminal.width, style }));
    }
    terminal.data(lines.join("\n"));
  });
}
