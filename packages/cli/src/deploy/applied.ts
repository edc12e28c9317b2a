import { exitCodes } from "../command/exit-code.js";
import { formatBytes, formatDuration } from "../run/units.js";
import type { Terminal } from "../terminal/terminal.js";
import type { DeployPlan } from "./plan-deploy.js";

/** What has been done, in a line. */
export function appliedWords(
  { collision, app }: DeployPlan,
  ms: number,
  sent: number,
  { style }: Terminal,
) {
  const took = `${formatDuration(ms)}, ${formatBytes(sent)} sent`;
  return collision.kind === "attach"
    ? `${style.good("Running already")}: ${app.namespace}/${app.name} has this code and these settings (${took})`
    : `${style.good("Applied")}: ${app.namespace}/${app.name} in ${took}`;
}

/** Ends a deploy that nobody watches; returns the exit code. */
export function detach(
  about: Readonly<Record<string, unknown>>,
  { app }: DeployPlan,
  kind: string,
  terminal: Terminal,
): number {
  if (terminal.json) terminal.document({ ...about, state: "applied" });
  else {
    terminal.data(app.name);
    const [what, command] =
      kind === "SparkApplication" ? ["Watch it", "watch"] : ["Its runs", "show"];
    terminal.talk(`${what}: beamline app ${command} ${app.name} --namespace ${app.namespace}`);
  }
  return exitCodes.done.code;
}
