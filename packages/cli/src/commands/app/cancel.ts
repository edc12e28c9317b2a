import { clusterCommandFlags } from "../../app/app-command-flags.js";
import { appArgument } from "../../app/app-flags.js";
import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";

export const appCancelCommand = definePlainCommand({
  name: "app cancel",
  summary: "Stop an application, and keep what is known of it",
  description:
    "Ends the driver, and with it the executors. The application, its event log and its artefacts stay, and beamline app delete takes them away; one that would be tried again by its restart policy is deleted outright. What it was writing may be left half-written.\nA schedule is suspended: it starts no run any more, and the same deploy takes it up again.",
  arguments: [appArgument],
  flags: clusterCommandFlags,
  examples: [{ line: "beamline app cancel wordcount", does: "Stop it" }],
  nextSteps: [{ line: "beamline app delete wordcount", does: "remove what is left" }],
  async run({ flags, arguments: [name = ""], cli, terminal }) {
    const { cancelApp } = await import("../../app/cancel-app.js");
    const state = await cancelApp(name, flags, cli, terminal);
    if (terminal.json) terminal.document({ name, state });
    else terminal.data(state);
    return exitCodes.done.code;
  },
});
