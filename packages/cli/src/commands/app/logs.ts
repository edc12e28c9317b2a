import { appArgument } from "../../app/app-flags.js";
import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";
import { logsFlags } from "./logs-flags.js";

export const appLogsCommand = definePlainCommand({
  name: "app logs",
  summary: "Show the logs of all its pods, merged by time",
  description:
    "Prints what the application's pods have written, line by line in the order of time. The workers that run your functions log through their executor. An error of your own code is shown once, with your source line.\nKubernetes keeps logs as long as it keeps the pods: they go when the application is deleted.",
  arguments: [appArgument],
  flags: logsFlags,
  examples: [
    { line: "beamline app logs wordcount", does: "All lines so far" },
    {
      line: "beamline app logs wordcount --follow --tail 20",
      does: "The last ones, and what comes",
    },
    { line: "beamline app logs wordcount --source executors", does: "Executors and workers only" },
  ],
  async run({ flags, arguments: [name = ""], cli, terminal }) {
    const { showLogs } = await import("../../app/logs/show-logs.js");
    await showLogs(name, flags, cli, terminal);
    return exitCodes.done.code;
  },
});
