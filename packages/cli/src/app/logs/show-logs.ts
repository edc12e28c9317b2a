import type { FlagValues } from "../../command/command.js";
import { UsageError } from "../../command/usage-error.js";
import type { logsFlags } from "../../commands/app/logs-flags.js";
import { Cancellation, type Cli } from "../../terminal/cli.js";
import type { Paint, Style } from "../../terminal/style.js";
import type { Terminal } from "../../terminal/terminal.js";
import { type AppPod, podsOf } from "../pods.js";
import { sourceRoot } from "../source-root.js";
import { withApp } from "../with-app.js";
import { appLogs, followLogs } from "./app-logs.js";
import { ErrorExplainer } from "./explained-lines.js";
import type { LogLine } from "./log-line.js";

/** Prints an application's logs. */
export async function showLogs(
  name: string,
  flags: FlagValues<typeof logsFlags>,
  cli: Cli,
  terminal: Terminal,
): Promise<void> {
  const { follow = false, tail, since, source = [], raw = false } = flags;
  await withApp(name, flags, cli, async ({ client, app, signal }) => {
    const { namespace } = app;
    const pods = await podsOf(client, namespace, name, signal);
    const wanted = wantedPods(source, pods, follow);
    const options = { tail, sinceSeconds: since, signal, wanted };
    const lines = follow
      ? followLogs(client, namespace, name, options)
      : appLogs(client, namespace, pods, options);
    const print = raw || terminal.json ? plainPrinter(terminal) : printer(cli, terminal);
    let count = 0;
    try {
      for await (const line of lines) {
        count++;
        print(line);
      }
    } catch (error) {
      // To stop following is no failure.
      const reason: unknown = signal.reason;
      if (!(follow && signal.aborted && reason instanceof Cancellation)) throw error;
    }
    if (count === 0) terminal.talk(noLines(namespace, name, pods));
  });
}

function wantedPods(sources: readonly string[], pods: readonly AppPod[], follow: boolean) {
  const labels = pods.map(({ label }) => label);
  const known = ["driver", "executors", ...labels];
  const unknown = sources.filter(
    (source) => !known.includes(source) && !(follow && /^exec-/.test(source)),
  );
  if (unknown.length > 0) {
    const problem = `no such pod; there are ${[...new Set(known)].join(", ")}`;
    throw new UsageError(
      "show logs",
      unknown.map((source) => ({ subject: `--source ${source}`, message: problem })),
    );
  }
  return ({ label, role }: AppPod) =>
    sources.length === 0 ||
    sources.includes(label) ||
    (role === "executor" && sources.includes("executors"));
}

/** One JSON document a line with `--json`, else the line after its time and source. */
function plainPrinter(terminal: Terminal): (line: LogLine) => void {
  return ({ time, source, text }) =>
    terminal.data(
      terminal.json ? JSON.stringify({ time, source, text }) : `${time} ${source} ${text}`,
    );
}

const SOURCE_WIDTH = 7;

function printer(cli: Cli, terminal: Terminal): (line: LogLine) => void {
  const style = terminal.dataStyle;
  const explainer = new ErrorExplainer({ cwd: cli.cwd, root: sourceRoot(cli.cwd), style });
  return (line) => {
    const { time, source } = line;
    const head = `${style.faint(time.slice(11, 23))} ${paintOf(source, style)(source.padEnd(SOURCE_WIDTH))} `;
    for (const text of explainer.lines(line)) terminal.data(head + text);
  };
}

function paintOf(source: string, style: Style): Paint {
  return source === "driver" ? style.accent : style.good;
}

function noLines(namespace: string, name: string, pods: readonly AppPod[]): string {
  return pods.length === 0
    ? `No logs: ${namespace}/${name} has no pods (any more), and Kubernetes keeps logs only with their pods.`
    : `No logs yet: ${pods.map(({ name: pod, phase }) => `${pod} is ${phase.toLowerCase()}`).join(", ")}.`;
}
