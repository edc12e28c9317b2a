import { appCommandFlags } from "../../app/app-command-flags.js";
import { appArgument } from "../../app/app-flags.js";
import { patienceFlag } from "../../app/patience-flag.js";
import { progressFlag } from "../../app/progress-flag.js";
import { definePlainCommand } from "../../command/command.js";

export const appWatchCommand = definePlainCommand({
  name: "app watch",
  summary: "Watch an application to its end",
  description:
    "Shows the state of the application, its driver and executors, stages, counters and executor hours until it ends; fails when it does, with the cause. Ctrl-C stops watching, and the application goes on.",
  arguments: [appArgument],
  flags: { ...appCommandFlags, patience: patienceFlag, progress: progressFlag },
  examples: [{ line: "beamline app watch wordcount", does: "Come back to one that was left" }],
  async run({ flags, arguments: [name = ""], cli, terminal }) {
    const [{ withApp }, { followApp }, { recordOf }] = await Promise.all([
      import("../../app/with-app.js"),
      import("../../deploy/follow-app.js"),
      import("../../app/app-record.js"),
    ]);
    return await withApp(
      name,
      flags,
      cli,
      async ({ client, app, object, buckets: open, signal }) => {
        const record = await recordOf(app, open).catch(() => undefined);
        const { progress = "auto", patience } = flags;
        const about = { name, namespace: app.namespace };
        return await followApp({
          ...{ client, object, file: record?.file, progress, patience, open, about, signal },
          ...{ cli, terminal },
        });
      },
    );
  },
});
