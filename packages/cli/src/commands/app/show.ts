import { clusterCommandFlags } from "../../app/app-command-flags.js";
import { appArgument } from "../../app/app-flags.js";
import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";

export const appShowCommand = definePlainCommand({
  name: "app show",
  summary: "Show one application: its state, pods, and what troubles it",
  description:
    "Shows where an application is in its life, each of its pods, and, when it has failed or cannot get further, why: with the words of the cluster that say so, and the command that mends it.",
  arguments: [appArgument],
  flags: clusterCommandFlags,
  examples: [{ line: "beamline app show wordcount", does: "Show it" }],
  async run({ flags, arguments: [name = ""], cli, terminal }) {
    const { showApp } = await import("../../app/show-app.js");
    await showApp(name, flags, cli, terminal);
    return exitCodes.done.code;
  },
});
