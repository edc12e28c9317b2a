import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";
import { historyFlags } from "./history-flags.js";

export const appHistoryCommand = definePlainCommand({
  name: "app history",
  summary: "Show finished applications in Spark's History Server",
  description:
    "Opens the cluster's History Server on a port of this machine, through the API server, until Ctrl-C. Where there is none, the event logs are fetched from S3 and a History Server is started on them here, which needs Java; its Spark is fetched once.\nWith APP only that application's runs are fetched; it may be left out with --events, also when the application has been deleted.",
  arguments: [
    { name: "APP", summary: "name of the application: beamline app list shows it", optional: true },
  ],
  flags: historyFlags,
  examples: [
    { line: "beamline app history wordcount", does: "Show its runs" },
    {
      line: "beamline app history --events s3://my-bucket/beamline/spark-events",
      does: "Show all that there are logs of",
    },
  ],
  async run({ flags, arguments: [name], cli, terminal }) {
    const { showHistory } = await import("../../app/history/show-history.js");
    await showHistory(name, flags, cli, terminal);
    return exitCodes.done.code;
  },
});
