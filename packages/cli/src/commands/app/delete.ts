import { appArgument } from "../../app/app-flags.js";
import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";
import { deleteFlags } from "./delete-flags.js";

export const appDeleteCommand = definePlainCommand({
  name: "app delete",
  summary: "Delete an application with all that its deploys have made",
  description:
    "Deletes the application, its pods, its artefacts and event logs in S3, and, with the last application of a namespace, the service account and rights that came with it. Artefacts that other applications use stay. Says what it leaves, and why.",
  arguments: [appArgument],
  flags: deleteFlags,
  examples: [
    { line: "beamline app delete wordcount --dry-run", does: "See what would go" },
    { line: "beamline app delete wordcount --results --ecr", does: "Leave nothing" },
  ],
  async run({ flags, arguments: [name = ""], cli, terminal }) {
    const { deleteApp } = await import("../../app/delete/delete-app.js");
    await deleteApp(name, flags, cli, terminal);
    return exitCodes.done.code;
  },
});
