import { podWords } from "../deploy/watch-view.js";
import { explainApp } from "../doctor/diagnosis/explain-app.js";
import { findingLines } from "../doctor/diagnosis/finding-lines.js";
import { describeError } from "../errors/describe-error.js";
import { renderError } from "../errors/render-error.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { scheduleLines, showLines } from "./app-lines.js";
import { listApps } from "./find-app.js";
import { podsOf } from "./pods.js";
import { sourceRoot } from "./source-root.js";
import { type AppAtHand, type AppFlags, withApp } from "./with-app.js";

/** Prints what is known of an application, and why it failed if it did. */
export async function showApp(
  name: string,
  flags: AppFlags,
  cli: Cli,
  terminal: Terminal,
): Promise<void> {
  const show = async ({ client, app, object, signal }: AppAtHand) => {
    if (app.schedule !== undefined) {
      const all = await listApps(client, { namespace: app.namespace, all: true }, signal);
      const runs = all.filter(({ scheduledBy }) => scheduledBy === name);
      const style = terminal.dataStyle;
      if (terminal.json) terminal.document({ ...app, runs });
      else terminal.data(scheduleLines(app, app.schedule, runs, Date.now(), style).join("\n"));
      return;
    }
    const pods = await podsOf(client, app.namespace, name, signal);
    const root = sourceRoot(cli.cwd);
    const request = { client, object, file: undefined, root, signal };
    const { userError, findings } = await explainApp(request);
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
  };
  await withApp(name, flags, cli, show, { schedules: true });
}
