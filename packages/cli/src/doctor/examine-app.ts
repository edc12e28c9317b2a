import { stateWords } from "../app/app-lines.js";
import { sourceRoot } from "../app/source-root.js";
import type { AppFlags } from "../app/with-app.js";
import { withApp } from "../app/with-app.js";
import { exitCodes } from "../command/exit-code.js";
import { describeError } from "../errors/describe-error.js";
import { renderError } from "../errors/render-error.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { explainApp } from "./diagnosis/explain-app.js";
import { findingLines } from "./diagnosis/finding-lines.js";

/** Says why an application failed or does not get on: cause, evidence, what mends it. */
export async function examineApp(
  name: string,
  flags: AppFlags,
  cli: Cli,
  terminal: Terminal,
): Promise<number> {
  return await withApp(name, flags, cli, async ({ client, app, object, signal }) => {
    const root = sourceRoot(cli.cwd);
    const request = { client, object, file: undefined, root, signal };
    const { userError, findings } = await explainApp(request);
    const error = userError === undefined ? undefined : describeError(userError, cli.cwd);
    const isWell = error === undefined && findings.length === 0;
    const code = isWell ? exitCodes.done.code : exitCodes.remote.code;
    if (terminal.json) {
      const { frames, stacks, ...rest } = error ?? { frames: [], stacks: [] };
      const { state } = app;
      terminal.document({
        app: name,
        state,
        findings,
        userError: error === undefined ? null : rest,
      });
      return code;
    }
    const { width, dataStyle: style } = terminal;
    if (error !== undefined) {
      terminal.data(renderError(error, { cwd: cli.cwd, style, verbose: false }).join("\n"));
    } else if (findings.length > 0) {
      terminal.data(findingLines(findings, { width, style }).join("\n"));
    } else {
      terminal.data(`${name}: ${stateWords(app)}; nothing is known that is wrong with it`);
      if (app.state === "FAILED") terminal.talk(`Its logs may tell: beamline app logs ${name}`);
    }
    return code;
  });
}
