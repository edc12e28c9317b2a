import { BeamlineError } from "beamline";
import { forwardHttp } from "../kube/forward-http.js";
import { podProxyPath } from "../kube/proxy-path.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { stateWords } from "./app-lines.js";
import { SPARK_UI_PORT } from "./metrics/live-progress.js";
import { podsOf } from "./pods.js";
import { untilAborted } from "./until-aborted.js";
import { type AppFlags, withApp } from "./with-app.js";

/** Shows the driver's web UI on a local port until Ctrl-C. */
export async function openUi(
  name: string,
  flags: AppFlags & { readonly port: number | undefined },
  cli: Cli,
  terminal: Terminal,
): Promise<void> {
  await withApp(name, flags, cli, async ({ client, app, signal }) => {
    const pods = await podsOf(client, app.namespace, name, signal);
    const driver = pods.find(({ role, phase }) => role === "driver" && phase === "Running");
    if (driver === undefined) {
      throw new BeamlineError(
        "NO_DRIVER",
        `Cannot show Spark's UI of ${app.namespace}/${name}: no driver of it runs, it is ${stateWords(app)}; see it in: beamline app history ${name}`,
      );
    }
    const forward = await forwardHttp({
      client,
      path: podProxyPath(app.namespace, driver.name, SPARK_UI_PORT),
      port: flags.port ?? SPARK_UI_PORT,
      orFree: flags.port === undefined,
    });
    if (terminal.json) terminal.document({ url: forward.url });
    else terminal.data(forward.url);
    terminal.talk(`Spark's UI of ${name}, until Ctrl-C.`);
    await untilAborted(signal);
    await forward.close();
  });
}
