import { clusterCommandFlags } from "../../app/app-command-flags.js";
import { appArgument } from "../../app/app-flags.js";
import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";
import { countFlag, switchFlag, textFlag } from "../../command/flag.js";

export const logsFlags = {
  ...clusterCommandFlags,
  follow: switchFlag({ short: "f", summary: "Go on until the application has ended" }),
  tail: countFlag({ least: 0, summary: "Only so many of the last lines of each pod" }),
  since: {
    ...textFlag({ placeholder: "TIME", summary: "Only lines of the last 30s, 10m or 2h" }),
    parse(text: string) {
      const [, digits, unit = ""] = /^(\d+)([smh])$/.exec(text) ?? [];
      const seconds = { s: 1, m: 60, h: 3600 }[unit];
      return digits === undefined || seconds === undefined
        ? { ok: false as const, problem: "not a time such as 30s, 10m or 2h" }
        : { ok: true as const, value: Number(digits) * seconds };
    },
  },
  source: {
    ...textFlag({
      placeholder: "NAME",
      summary: "Only of driver, executors, or one such as exec-1",
    }),
    repeatable: true as const,
  },
  raw: switchFlag({ summary: "Lines as they are, without errors being put into words" }),
};

export const appLogsCommand = definePlainCommand({
  name: "app logs",
  summary: "Show the logs of driver, executors and workers, merged by time",
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
