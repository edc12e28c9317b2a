import { clusterCommandFlags } from "../../app/app-command-flags.js";
import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";
import { switchFlag } from "../../command/flag.js";

export const appListCommand = definePlainCommand({
  name: "app list",
  summary: "List the applications on a cluster",
  description:
    "Shows the applications and schedules that Beamline has deployed, the latest first, in the namespace of the context or in that of --namespace.",
  arguments: [],
  flags: {
    ...clusterCommandFlags,
    allNamespaces: switchFlag({ short: "A", summary: "Look in all namespaces" }),
    all: switchFlag({ summary: "Show SparkApplications that others have made, too" }),
  },
  examples: [
    { line: "beamline app list", does: "Those in the namespace of the current context" },
    { line: "beamline app list --all-namespaces --json", does: "All, for a script" },
  ],
  async run({ flags, cli, terminal }) {
    const [{ listApps, openCluster }, { configured }] = await Promise.all([
      import("../../app/find-app.js"),
      import("../../app/with-app.js"),
    ]);
    const client = await openCluster(await configured(flags, cli), cli);
    try {
      const namespace = flags.allNamespaces === true ? undefined : client.namespace;
      const apps = await listApps(client, { namespace, all: flags.all === true });
      if (terminal.json) terminal.document(apps);
      else if (apps.length === 0) {
        terminal.talk(`No applications in ${namespace ?? "any namespace"} of ${client.context}.`);
      } else {
        const { listLines } = await import("../../app/app-lines.js");
        terminal.data(listLines(apps, Date.now(), terminal.dataStyle).join("\n"));
      }
    } finally {
      client.close();
    }
    return exitCodes.done.code;
  },
});
