import { clusterCommandFlags } from "../../app/app-command-flags.js";
import { appArgument } from "../../app/app-flags.js";
import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";
import { countFlag } from "../../command/flag.js";

export const portFlag = countFlag({
  least: 0,
  placeholder: "PORT",
  summary: "Port of this machine to show it on; 0 takes a free one",
});

export const appUiCommand = definePlainCommand({
  name: "app ui",
  summary: "Open Spark's UI of a running application on this machine",
  description:
    "Forwards a local port to the web UI of the driver, through the API server, until Ctrl-C. The UI ends with the driver; beamline app history shows finished applications.",
  arguments: [appArgument],
  flags: { ...clusterCommandFlags, port: { ...portFlag, defaultText: "4040, or a free one" } },
  examples: [{ line: "beamline app ui wordcount", does: "Show it at http://localhost:4040" }],
  async run({ flags, arguments: [name = ""], cli, terminal }) {
    const { openUi } = await import("../../app/open-ui.js");
    await openUi(name, flags, cli, terminal);
    return exitCodes.done.code;
  },
});
