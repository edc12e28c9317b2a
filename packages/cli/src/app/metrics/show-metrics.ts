import { BeamlineError } from "beamline";
import type { Cli } from "../../terminal/cli.js";
import type { Terminal } from "../../terminal/terminal.js";
import { stateWords } from "../app-lines.js";
import { type AppFlags, withApp } from "../with-app.js";
import { appProgress } from "./app-progress.js";
import { metricsLines } from "./metrics-lines.js";
import { executorTime } from "./spark-progress.js";

/** Prints an application's metrics. */
export async function showMetrics(
  name: string,
  flags: AppFlags,
  cli: Cli,
  terminal: Terminal,
): Promise<void> {
  await withApp(name, flags, cli, async ({ client, app, buckets, signal }) => {
    const progress = await appProgress(client, app, buckets, signal);
    if (progress === undefined) {
      throw new BeamlineError(
        "NO_METRICS",
        `Cannot show metrics of ${app.namespace}/${name}: it is ${stateWords(app)}, its driver does not answer, and it has no event log; see beamline app show ${name}`,
      );
    }
    const now = Date.now();
    if (terminal.json) {
      const { metrics, ...rest } = progress;
      terminal.document({ ...rest, ...metrics, ...executorTime(progress.executors, now) });
      return;
    }
    const { width, dataStyle: style, verbose: every } = terminal;
    terminal.data(metricsLines(progress, { width, style, now, every }).join("\n"));
    terminal.talk(terminal.style.faint(`From the ${progress.from}.`));
  });
}
